package dev.kintsugi.charts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** One chart, as Helm sees it. */
record Chart(String name) {

    static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** Why Helm cannot be had here; empty when it can. Its library is native, for a few platforms only. */
    static final Optional<String> HELM_MISSING = helmMissing();

    Path directory() {
        return Path.of(name).toAbsolutePath();
    }

    LintResult lint() {
        return new Helm(directory()).lint().strict().call();
    }

    /** The objects that an installation as {@code self-healing/demo} makes. */
    Rendered render(Map<String, Object> values) {
        TemplateCommand template = new Helm(directory())
                .template()
                .withName("demo")
                .withNamespace("self-healing")
                .withKubeVersion("1.28.0");
        values.forEach(template::set);
        return parse(template.call());
    }

    static Rendered parse(String yaml) {
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(yaml)) {
            return new Rendered(
                    documents.readAll().stream().filter(JsonNode::isObject).toList());
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    private static Optional<String> helmMissing() {
        try {
            Objects.requireNonNull(Helm.version().call());
            return Optional.empty();
        } catch (LinkageError | RuntimeException unavailable) {
            return Optional.of("Helm's native library cannot be loaded here: " + unavailable.getMessage());
        }
    }

    /** What came out. */
    record Rendered(List<JsonNode> objects) {

        /** The only object of a kind. */
        JsonNode the(String kind) {
            List<JsonNode> found = all(kind);
            if (found.size() != 1) {
                throw new AssertionError(found.size() + " objects of kind " + kind);
            }
            return found.get(0);
        }

        List<JsonNode> all(String kind) {
            return objects.stream()
                    .filter(object -> object.path("kind").asText().equals(kind))
                    .toList();
        }

        JsonNode pod() {
            return the("Deployment").at("/spec/template/spec");
        }

        JsonNode container() {
            return pod().at("/containers/0");
        }
    }
}
