package dev.kintsugi.features.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ScenarioNameTest {

    @Test
    void builtInScenarioIsNamedByItsPathBelowTheScenarios() {
        ScenarioName name = ScenarioName.of(
                URI.create("classpath:scenarios/pod/pod-kill.feature"), "One of three pods is killed", 8);
        assertThat(name.id()).isEqualTo("pod/pod-kill:one-of-three-pods-is-killed");
        assertThat(name.feature()).isEqualTo("pod/pod-kill.feature:8");
        assertThat(name.namespace()).isEqualTo("one-of-three-pods-is-killed-8");
    }

    @Test
    void fileOfTheUsersOwnIsNamedByItsPathFromHere() {
        URI file = Path.of("mine/own.feature").toAbsolutePath().toUri();
        assertThat(ScenarioName.of(file, "Ünïcode & more!", 3).id()).isEqualTo("mine/own:n-code-more");
    }

    @Test
    void namespaceFitsKubernetesHoweverLongTheTitleIs() {
        String namespace = ScenarioName.of(URI.create("classpath:scenarios/a.feature"), "x -".repeat(99), 120)
                .namespace();
        assertThat(namespace).hasSizeLessThanOrEqualTo(63).matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    }

    @Test
    void titleWithoutLettersStillHasAName() {
        assertThat(ScenarioName.of(URI.create("classpath:scenarios/a.feature"), "???", 1)
                        .namespace())
                .isEqualTo("scenario-1");
    }
}
