package dev.kintsugi.features.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * What one run of a scenario on a real cluster showed.
 *
 * @param name of the file without its endings, such as {@code 01-deploy-3-replicas.1}
 */
record Recording(String name, List<Line> lines) {

    private static final JsonMapper JSON = new JsonMapper();
    /** Some of the remarks tell of something that was done, and whose request is not there. */
    private static final Pattern DONE = Pattern.compile("^create of the CRD|^CRD .* deleted");

    private static final Pattern FILE = Pattern.compile("(.+?)(?:\\.(\\d+))?\\.jsonl(?:\\.gz)?");

    /** One line of it; {@code ms} counts from the first action. */
    sealed interface Line permits Change, Action, Exchange {
        long ms();
    }

    /** One event of a watch: {@code ADDED}, {@code MODIFIED} or {@code DELETED}. */
    record Change(long ms, String type, String kind, JsonNode object) implements Line {

        String name() {
            return object.at("/metadata/name").asText();
        }

        String namespace() {
            return object.at("/metadata/namespace").asText();
        }

        String uid() {
            return object.at("/metadata/uid").asText();
        }
    }

    /** Something that was done, in words. */
    record Action(long ms, String text) implements Line {}

    /** A request and its answer; {@code ms} is the time of the answer. */
    record Exchange(long ms, String note, JsonNode request, JsonNode response) implements Line {}

    /** A scenario is recorded once or several times: {@code NAME.jsonl}, or {@code NAME.1.jsonl}, {@code NAME.2.jsonl} and so on. */
    record Scenario(String name, List<Recording> repetitions) {}

    /**
     * Reads all recordings of a folder, plain or gzipped, in the order of their names.
     *
     * @throws IOException when the folder or a file cannot be read, or a line is no JSON object
     */
    static List<Scenario> in(Path folder) throws IOException {
        Map<String, List<Recording>> scenarios = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                Matcher matcher = FILE.matcher(file.getFileName().toString());
                if (matcher.matches()) {
                    scenarios
                            .computeIfAbsent(matcher.group(1), ignored -> new ArrayList<>())
                            .add(read(file));
                }
            }
        }
        return scenarios.entrySet().stream()
                .map(each -> new Scenario(each.getKey(), List.copyOf(each.getValue())))
                .toList();
    }

    private static Recording read(Path file) throws IOException {
        String name = file.getFileName().toString().replaceAll("\\.jsonl(\\.gz)?$", "");
        List<Line> lines = new ArrayList<>();
        try (InputStream raw = Files.newInputStream(file);
                InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
                BufferedReader reader = new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                JsonNode line = JSON.readTree(text);
                long ms = line.path("ms").asLong();
                if (line.has("object")) {
                    lines.add(new Change(
                            ms, line.path("type").asText(), line.path("kind").asText(), line.path("object")));
                } else if (line.has("action")) {
                    lines.add(new Action(ms, line.path("action").asText()));
                } else if (line.has("request")) {
                    lines.add(
                            new Exchange(ms, line.path("note").asText(), line.path("request"), line.path("response")));
                } else if (DONE.matcher(line.path("note").asText()).find()) {
                    lines.add(new Action(ms, line.path("note").asText()));
                }
            }
        }
        return new Recording(name, List.copyOf(lines));
    }

    /** All watch events that had arrived by then. */
    List<Change> changesUntil(long ms) {
        return changes().filter(change -> change.ms() <= ms).toList();
    }

    Stream<Change> changes() {
        return lines.stream().flatMap(line -> line instanceof Change change ? Stream.of(change) : Stream.empty());
    }

    /** The kinds that the recorder watched. */
    Set<String> kinds() {
        return changes().map(Change::kind).collect(Collectors.toSet());
    }

    /** When its last line was written. */
    long end() {
        return lines.isEmpty() ? 0 : lines.get(lines.size() - 1).ms();
    }
}
