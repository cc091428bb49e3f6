package dev.kintsugi.features.cluster.embedded.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.embedded.node.simulation.ImageStore.Failure;
import dev.kintsugi.features.cluster.embedded.node.simulation.ImageStore.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageStoreTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nginx",
                "img:2",
                "x",
                "kintsugi/sample-app:test",
                "registry.example.com:5000/team/app:1.2_a",
                "gcr.io/google-containers/pause:latest",
                "localhost/busybox:1",
                "localhost:5000/pause",
                "nginx@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
            })
    void isThereUnlessSomethingSpeaksAgainstIt(String image) {
        assertThat(ImageStore.failure(image, "IfNotPresent", false)).isEmpty();
        assertThat(ImageStore.failure(image, "Never", false)).isEmpty();
    }

    @Test
    void recording07RegistryAtLocalhostRefusesTheConnection() {
        assertThat(ImageStore.failure("localhost/no-such:1", "IfNotPresent", false))
                .contains(new Failure(
                        Fault.CANNOT_PULL,
                        "failed to pull and unpack image \"localhost/no-such:1\": failed to resolve reference"
                                + " \"localhost/no-such:1\": failed to do request: Head"
                                + " \"http://localhost/v2/no-such/manifests/1\": dial tcp 127.0.0.1:80: connect:"
                                + " connection refused"));
        assertThat(message("localhost:5000/team/app")).contains("http://localhost:5000/v2/team/app/manifests/latest");
        assertThat(message("127.0.0.1:5000/app:1")).contains("dial tcp 127.0.0.1:5000");
        assertThat(message("localhost/busybox:no-such")).contains("connection refused");
    }

    @Test
    void registryOfAnInvalidNameIsNotFound() {
        assertThat(message("registry.invalid:5000/app:1"))
                .endsWith("Head \"https://registry.invalid:5000/v2/app/manifests/1\": dial tcp: lookup"
                        + " registry.invalid: no such host");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx:no-such-tag", "shop/does-not-exist:1", "nonexistent/app"})
    void imageThatSaysItIsNotThereIsNotThere(String image) {
        assertThat(message(image)).startsWith("rpc error: code = NotFound").endsWith(": not found");
    }

    @Test
    void annotationMakesAnyImageMissing() {
        assertThat(ImageStore.failure("nginx", "IfNotPresent", true)
                        .orElseThrow()
                        .message())
                .contains("docker.io/library/nginx:latest: not found");
    }

    @Test
    void policyDecidesWhetherTheRegistryIsAsked() {
        assertThat(ImageStore.failure("localhost/busybox:1", "Always", false))
                .map(Failure::fault)
                .contains(Fault.CANNOT_PULL);
        assertThat(ImageStore.failure("localhost/no-such:1", "Never", false))
                .contains(new Failure(
                        Fault.NEVER_PULLED,
                        "Container image \"localhost/no-such:1\" is not present with pull policy of Never"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Shop/app:1   | invalid reference format: repository name must be lowercase",
                "a b          | invalid reference format",
                "app:         | invalid reference format",
                "app:1:2      | invalid reference format",
                "-app         | invalid reference format",
                "example.com/ | invalid reference format",
                "app@sha256:1 | invalid reference format"
            })
    void malformedReferenceIsInvalid(String image, String reason) {
        Failure failure = ImageStore.failure(image, "IfNotPresent", false).orElseThrow();
        assertThat(failure.fault()).isEqualTo(Fault.INVALID_NAME);
        assertThat(failure.message())
                .isEqualTo("Failed to apply default image tag \"" + image + "\": couldn't parse image name \"" + image
                        + "\": " + reason);
    }

    private static String message(String image) {
        return ImageStore.failure(image, "IfNotPresent", false).orElseThrow().message();
    }
}
