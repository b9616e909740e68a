import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads jobs as JSON lines and says of each what json-schema-validator says: valid, invalid, or unread.
 *
 * <p>Usage: java -cp CLASSPATH Judge.java SCHEMAS FIXTURES &lt; jobs.jsonl &gt; answers.txt
 */
class Judge {
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final Path schemas;
  private final SchemaRegistry drafts = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private final Map<String, Schema> compiled = new HashMap<>();

  private Judge(Path schemas) {
    this.schemas = schemas;
  }

  public static void main(String[] arguments) throws Exception {
    var judge = new Judge(Path.of(arguments[0]));
    var fixtures = Path.of(arguments[1]);
    var jobs = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    String name = null;
    JsonNode payload = null;
    for (String line = jobs.readLine(); line != null; line = jobs.readLine()) {
      var job = JSON.readTree(line);
      if (!job.get("payload").asString().equals(name)) {
        name = job.get("payload").asString();
        payload = read(Files.readAllBytes(fixtures.resolve(name)));
      }
      if (payload == null) {
        out.println("unread");
      } else {
        var schema = judge.schema(job.get("schema").asString(), job.get("part").asString());
        out.println(schema.validate(payload).isEmpty() ? "valid" : "invalid");
      }
    }
    out.flush();
  }

  /** The tree of a text, or null if it cannot be read. */
  private static JsonNode read(byte[] text) {
    try {
      var tree = JSON.readTree(text);
      return tree.isMissingNode() ? null : tree;
    } catch (JacksonException e) {
      return null;
    }
  }

  /** One part of a schema file: its definitions, and a root that leads to the part. */
  private Schema schema(String name, String part) throws Exception {
    var key = name + "#" + part;
    if (!compiled.containsKey(key)) {
      var whole = (ObjectNode) JSON.readTree(Files.readAllBytes(schemas.resolve(name)));
      var place = whole.has("$defs") ? "$defs" : "definitions";
      var root = JSON.createObjectNode();
      root.set("$schema", whole.get("$schema"));
      root.put("$ref", "#/" + place + "/" + part);
      root.set(place, whole.get(place));
      compiled.put(key, drafts.getSchema(root));
    }
    return compiled.get(key);
  }
}
