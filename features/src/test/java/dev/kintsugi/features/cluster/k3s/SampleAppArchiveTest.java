package dev.kintsugi.features.cluster.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.cloud.tools.jib.api.Jib;
import dev.kintsugi.features.cluster.NotBuilt;
import dev.kintsugi.features.cluster.existing.ClusterUnavailable;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the archive holds, on a base without anything in it, for which no network is needed. */
class SampleAppArchiveTest {

    private static final String IMAGE = "kintsugi/sample-app:0.1.0";

    @TempDir
    private Path folder;

    private Path app = Path.of("");
    private Path archive = Path.of("");

    @BeforeEach
    void packApp() throws IOException {
        app = folder.resolve("app");
        Files.createDirectories(app.resolve("lib"));
        archive = folder.resolve("image.tar");
        Files.writeString(app.resolve("sample-app.jar"), "jar");
        Files.writeString(app.resolve("sample-app.jsa"), "class data");
        Files.writeString(app.resolve("lib/metrics.jar"), "library");
        Files.writeString(app.resolve("java.options"), "-XX:SharedArchiveFile=sample-app.jsa\n-Xmx24m\n\n");
    }

    /** As a person would look into it: by tar. */
    private String tar(String... arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of("tar"));
        words.addAll(List.of(arguments));
        Process tar = new ProcessBuilder(words).redirectErrorStream(true).start();
        try (BufferedReader out = tar.inputReader(StandardCharsets.UTF_8)) {
            String text = String.join("\n", out.lines().toList());
            assertThat(tar.waitFor()).as(text).isZero();
            return text;
        }
    }

    private JsonNode json(String entry) throws Exception {
        return new ObjectMapper().readTree(tar("-xOf", archive.toString(), entry));
    }

    @Test
    void archiveHoldsTheAppUnderItsNameAndStartsItAsNobody() throws Exception {
        SampleAppArchive.write(app, Jib.fromScratch(), IMAGE, archive, true);

        JsonNode manifest = json("manifest.json").path(0);
        assertThat(manifest.path("RepoTags").path(0).asText()).isEqualTo(IMAGE);
        JsonNode config = json(manifest.path("Config").asText()).path("config");
        assertThat(config.path("Entrypoint"))
                .extracting(JsonNode::asText)
                .containsExactly("java", "-Xmx24m", "-jar", "/app/sample-app.jar");
        assertThat(config.path("User").asText()).isEqualTo("10001:10001");
        assertThat(config.path("WorkingDir").asText()).isEqualTo("/app");
        assertThat(config.path("ExposedPorts").has("8080/tcp")).isTrue();

        StringBuilder files = new StringBuilder();
        for (JsonNode layer : manifest.path("Layers")) {
            tar("-xf", archive.toString(), "-C", folder.toString(), layer.asText());
            files.append(tar("-tzf", folder.resolve(layer.asText()).toString())).append('\n');
        }
        assertThat(files.toString().lines())
                .contains("app/sample-app.jar", "app/lib/metrics.jar")
                .noneMatch(name -> name.endsWith(".jsa"));
    }

    @Test
    void appThatIsNotBuiltIsSaidSo() throws IOException {
        Files.delete(app.resolve("sample-app.jar"));
        assertThatThrownBy(() -> SampleAppArchive.write(app, Jib.fromScratch(), IMAGE, archive, true))
                .isInstanceOf(NotBuilt.class)
                .hasMessageStartingWith("the sample app is not built: ");
    }

    @Test
    void nameThatIsNoneIsSaidSo() {
        assertThatThrownBy(() -> SampleAppArchive.write(app, Jib.fromScratch(), "No Name", archive, true))
                .isInstanceOf(ClusterUnavailable.class)
                .hasMessage("--sample-app-image No Name is no image name");
    }
}
