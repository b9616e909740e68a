// Types that quicktype makes for Java, under test: java -cp 'lib/*:.' Client
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import usage.Converter;

public final class Client {
    private static final ObjectMapper WIRE = new ObjectMapper();

    private static ObjectNode answer(JsonNode run) throws IOException {
        ObjectNode said = WIRE.createObjectNode();
        try {
            String text = new String(run.at("/case/payload").binaryValue(), StandardCharsets.UTF_8);
            String encoded = Converter.toJsonString(Converter.fromJsonString(text));
            byte[] payload = encoded.getBytes(StandardCharsets.UTF_8);
            said.putObject("decoded").put("seq", run.get("seq").intValue()).put("payload", payload);
        } catch (IOException error) {
            said.putObject("rejected").put("seq", run.get("seq").intValue()).put("message", "" + error.getMessage());
        }
        return said;
    }

    public static void main(String[] arguments) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonNode command = WIRE.readTree(line);
            ObjectNode said;
            if (command.has("start")) {
                said = WIRE.createObjectNode();
                ObjectNode started = said.putObject("started").put("version", 1);
                started.putObject("features").putArray("shapes").add("page");
                ObjectNode client = started.putObject("client");
                client.put("name", "quicktype for Java").put("language", "java").put("language_version", System.getProperty("java.version")).put("version", "26.0.0");
            } else if (command.has("run")) {
                said = answer(command.get("run"));
            } else {
                return;
            }
            System.out.println(WIRE.writeValueAsString(said));
            System.out.flush();
        }
    }
}
