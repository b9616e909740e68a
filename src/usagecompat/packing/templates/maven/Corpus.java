package @PACKAGE@;

import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.*;

/** Payloads of the OpenAI organization usage and costs endpoints, and their JSON Schemas: data only. */
public final class Corpus {
    public static final String VERSION = "@VERSION@";
    /** The SHA-256 of SHA256SUMS, which has that of every file. */
    public static final String DIGEST = "@DIGEST@";

    private Corpus() {}

    /** A file by its name, such as fixtures/manifest.json. */
    public static byte[] read(String name) {
        try (InputStream file = Corpus.class.getResourceAsStream(name)) {
            if (file == null) throw new IllegalArgumentException("there is no file " + name);
            return file.readAllBytes();
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    /** The names of all files, sorted. */
    public static List<String> files() {
        Stream<String> sums = new String(read("SHA256SUMS"), StandardCharsets.UTF_8).lines();
        return sums.map(line -> line.substring(66)).collect(Collectors.toList());
    }

    /** The ids of all cases, sorted. */
    public static List<String> ids() {
        Stream<String> cases = files().stream().filter(name -> name.matches("fixtures/.*\\.case\\.json"));
        return cases.map(name -> name.replaceAll("^fixtures/|\\.case\\.json$", "")).collect(Collectors.toList());
    }

    /** The payload of a case, byte for byte; it may be no JSON at all. */
    public static byte[] payload(String id) { return read("fixtures/" + id + ".json"); }

    /** The case's own file; schemas/case.json describes it. */
    public static byte[] expectation(String id) { return read("fixtures/" + id + ".case.json"); }

    /** A schema by its name, such as served/page/latest. */
    public static byte[] schema(String name) { return read("schemas/" + name + ".json"); }
}
