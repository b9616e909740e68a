// What the jar promises, with Jackson as the client; a plain program, which ends with a stack trace if something is wrong.
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import usagecompat.corpus.Corpus;

public class CorpusTest {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .setNodeFactory(JsonNodeFactory.withExactBigDecimals(true));

    public static void main(String[] args) throws Exception {
        check(sum(Corpus.read("SHA256SUMS")).equals(Corpus.DIGEST), "the digest is not that of the files");
        for (String line : new String(Corpus.read("SHA256SUMS"), "UTF-8").split("\n"))
            check(sum(Corpus.read(line.substring(66))).equals(line.substring(0, 64)), line);
        List<String> ids = new ArrayList<>();
        int decoded = 0;
        for (JsonNode one : JSON.readTree(Corpus.read("fixtures/manifest.json")).get("cases")) {
            String id = one.get("id").asText();
            ids.add(id);
            byte[] payload = Corpus.payload(id);
            check(sum(payload).equals(one.get("sha256").asText()), id + " is not the payload of the manifest");
            check(JSON.readTree(Corpus.expectation(id)).get("demand").equals(one.get("demand")), id + " differs");
            if (!one.get("demand").asText().equals("must-decode")) continue;
            JsonNode value = JSON.readTree(payload);
            check(JSON.readTree(JSON.writeValueAsBytes(value)).equals(value), id + " does not come back");
            decoded++;
        }
        Collections.sort(ids);
        List<String> known = new ArrayList<>(Corpus.ids());
        Collections.sort(known);
        check(ids.equals(known), "manifest and files differ");
        check(JSON.readTree(Corpus.schema("served/page/latest")).has("$id"), "the schema is none");
        try {
            Corpus.read("fixtures/nothing.json");
            check(false, "a file that there is not was read");
        } catch (IllegalArgumentException expected) {
            // as it must be
        }
        System.out.printf("%d cases of %s, %d decoded and back%n", ids.size(), Corpus.VERSION, decoded);
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) throw new AssertionError(otherwise);
    }

    private static String sum(byte[] data) throws Exception {
        StringBuilder hex = new StringBuilder();
        for (byte b : MessageDigest.getInstance("SHA-256").digest(data)) hex.append(String.format("%02x", b));
        return hex.toString();
    }
}
