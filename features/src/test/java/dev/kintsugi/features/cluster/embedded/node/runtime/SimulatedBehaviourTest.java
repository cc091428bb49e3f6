package dev.kintsugi.features.cluster.embedded.node.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SimulatedBehaviourTest {

    @Test
    void saysWhenAndHowTheContainerEnds() {
        assertThat(SimulatedBehaviour.parse(null)).isEqualTo(new SimulatedBehaviour(Optional.empty(), 0, false));
        assertThat(SimulatedBehaviour.parse("exits 3 after 200ms"))
                .isEqualTo(new SimulatedBehaviour(Optional.of(Duration.ofMillis(200)), 3, false));
        assertThat(SimulatedBehaviour.parse("exits 0 after 2m, ignores SIGTERM"))
                .isEqualTo(new SimulatedBehaviour(Optional.of(Duration.ofMinutes(2)), 0, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "exits", "exits 1", "exits 256 after 1s", "exits 1 after 1h", "sleeps"})
    void anythingElseIsRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> SimulatedBehaviour.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("exits 1 after 2s");
    }
}
