// openai-java under test, with the mapper that it uses itself: java -cp 'lib/*:.' Client
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.ObjectMappers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

public final class Client {
    private static final ObjectMapper WIRE = new ObjectMapper();
    private static final ObjectMapper TESTED = ObjectMappers.jsonMapper();
    private static final String MODELS = "com.openai.models.admin.organization.usage.Usage";

    /** The class of an endpoint's answers, which has its name; null if there is none. */
    private static Class<?> responseOf(String endpoint) {
        String[] words = endpoint.substring(endpoint.lastIndexOf('/') + 1).split("_");
        String name = Arrays.stream(words)
                .map(word -> word.substring(0, 1).toUpperCase() + word.substring(1))
                .collect(Collectors.joining());
        try {
            return Class.forName(MODELS + name + "Response");
        } catch (ClassNotFoundException absent) {
            return null;
        }
    }

    private static ObjectNode answer(JsonNode run) throws IOException {
        ObjectNode said = WIRE.createObjectNode();
        int seq = run.get("seq").intValue();
        String endpoint = run.at("/case/endpoint").textValue();
        Class<?> response = responseOf(endpoint);
        if (response == null) {
            said.putObject("skipped").put("seq", seq).put("message", "openai-java has no endpoint " + endpoint);
            return said;
        }
        try {
            Object page = TESTED.readValue(run.at("/case/payload").binaryValue(), response);
            said.putObject("decoded").put("seq", seq).put("payload", TESTED.writeValueAsBytes(page));
        } catch (JsonProcessingException | RuntimeException error) {
            said.removeAll();
            said.putObject("rejected").put("seq", seq).put("message", "" + error.getMessage());
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
                ObjectNode client = started.putObject("client").put("name", "openai-java").put("language", "java").put("language_version", System.getProperty("java.version"));
                client.put("version", "4.52.0").put("homepage", "https://github.com/openai/openai-java");
                client.put("issues", "https://github.com/openai/openai-java/issues");
                started.putObject("features").putArray("shapes").add("page");
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
