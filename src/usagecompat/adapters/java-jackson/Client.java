// Jackson under test, as a tree: java -cp 'lib/*:.' Client default|decimal
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

public final class Client {
    private static final ObjectMapper WIRE = new ObjectMapper();

    private static ObjectMapper tested(String row) {
        ObjectMapper mapper = new ObjectMapper();
        if (row.equals("decimal")) {
            mapper.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
            mapper.setNodeFactory(JsonNodeFactory.withExactBigDecimals(true));
        }
        return mapper.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    private static ObjectNode answer(ObjectMapper mapper, JsonNode run) throws IOException {
        ObjectNode said = WIRE.createObjectNode();
        try {
            JsonNode value = mapper.readTree(run.at("/case/payload").binaryValue());
            byte[] encoded = mapper.writeValueAsBytes(value);
            said.putObject("decoded").put("seq", run.get("seq").intValue()).put("payload", encoded);
        } catch (JsonProcessingException error) {
            String message = error.getOriginalMessage();
            said.putObject("rejected").put("seq", run.get("seq").intValue()).put("message", "" + message);
        }
        return said;
    }

    public static void main(String[] arguments) throws IOException {
        ObjectMapper mapper = tested(arguments[0]);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonNode command = WIRE.readTree(line);
            ObjectNode said;
            if (command.has("start")) {
                said = WIRE.createObjectNode();
                ObjectNode client = said.putObject("started").put("version", 1).putObject("client");
                client.put("name", "Java Jackson " + arguments[0]).put("language", "java").put("language_version", System.getProperty("java.version"));
                client.put("version", mapper.version().toString());
            } else if (command.has("run")) {
                said = answer(mapper, command.get("run"));
            } else {
                return;
            }
            System.out.println(WIRE.writeValueAsString(said));
            System.out.flush();
        }
    }
}
