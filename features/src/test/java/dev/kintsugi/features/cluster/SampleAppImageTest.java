package dev.kintsugi.features.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kintsugi.features.cluster.embedded.node.Images;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleAppImageTest {

    @TempDir
    private Path folder;

    @Test
    void imageOfAnyTagRunsWithTheOptionsThatTheBuildPacked() throws IOException {
        Files.createFile(folder.resolve("sample-app.jar"));
        Files.writeString(folder.resolve("java.options"), "-XX:SharedArchiveFile=app.jsa\n\n  -Xmx64m \n");
        Images images = SampleAppImage.in(folder);
        List<String> words = images.command(new ContainerBuilder()
                        .withImage("kintsugi/sample-app:1")
                        .build())
                .orElseThrow();
        assertThat(words.get(0)).isEqualTo(System.getProperty("java.home") + "/bin/java");
        assertThat(words.subList(1, words.size()))
                .containsExactly(
                        "-XX:SharedArchiveFile=" + folder.resolve("app.jsa"),
                        "-Xmx64m",
                        "-jar",
                        folder.resolve("sample-app.jar").toString());
        assertThat(images.command(new ContainerBuilder()
                        .withImage("kintsugi/sample-app-2")
                        .build()))
                .isEmpty();
    }

    @Test
    void appThatIsNotBuiltIsNamedWithTheWayToBuildIt() {
        assertThatThrownBy(() -> SampleAppImage.in(folder))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(folder.resolve("sample-app.jar").toString())
                .hasMessageContaining("mvn");
    }

    @Test
    void missingOptionsAreNamed() throws IOException {
        Files.createFile(folder.resolve("sample-app.jar"));
        assertThatThrownBy(() -> SampleAppImage.in(folder))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("java.options");
    }
}
