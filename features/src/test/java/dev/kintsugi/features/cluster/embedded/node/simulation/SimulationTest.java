package dev.kintsugi.features.cluster.embedded.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kintsugi.features.cluster.embedded.node.simulation.Behaviour.Ending;
import dev.kintsugi.features.cluster.embedded.node.simulation.Simulation.Order;
import dev.kintsugi.features.cluster.embedded.node.simulation.Simulation.ProbeFault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SimulationTest {

    @Test
    void saysHowEachRunEnds() {
        assertThat(Simulation.parse("exits 3 after 200ms").ending())
                .contains(new Ending(Duration.ofMillis(200), 3, false, ""));
        Simulation both = Simulation.parse("exits 0 after 2m, ignores SIGTERM");
        assertThat(both.ending()).contains(new Ending(Duration.ofMinutes(2), 0, false, ""));
        assertThat(both.ignoresTerm()).isTrue();
        assertThat(Simulation.parse("runs out of memory after 1s").ending())
                .contains(new Ending(Duration.ofSeconds(1), 137, true, ""));
    }

    @Test
    void saysWhichProbesFailAndForHowLong() {
        assertThat(Simulation.parse("fails readiness, fails liveness with 404 until restarted")
                        .probeFaults())
                .containsExactly(new ProbeFault("readiness", 503, false), new ProbeFault("liveness", 404, true));
    }

    @Test
    void ordersWhatIsDoneOnce() {
        assertThat(Simulation.parse("killed").order()).contains(Order.KILL);
        assertThat(Simulation.parse("killed #2").order()).contains(Order.KILL);
        assertThat(Simulation.parse("out of memory").order()).contains(Order.EXHAUST_MEMORY);
    }

    @Test
    void isThatOfTheContainer() {
        Map<String, String> annotations = Map.of("simulate.kintsugi.dev/web", "image cannot be pulled");
        assertThat(Simulation.of(annotations, "web").imageMissing()).isTrue();
        assertThat(Simulation.of(annotations, "side")).isEqualTo(Simulation.NONE);
        assertThat(Simulation.of(null, "web"))
                .isEqualTo(new Simulation(Optional.empty(), false, false, List.of(), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "exits",
                "exits 1",
                "exits 256 after 1s",
                "exits 1 after 1h",
                "sleeps",
                "killed twice",
                "fails readiness with 200",
                "fails everything"
            })
    void anythingElseIsRefusedWithExamples(String text) {
        assertThatThrownBy(() -> Simulation.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("exits 1 after 2s");
    }

    @Test
    void processCanBeKilledAndNothingElse() {
        assertThatCode(() -> Simulation.parse("killed, image cannot be pulled").requireProcess())
                .doesNotThrowAnyException();
        for (String text : List.of("out of memory", "exits 1 after 1s", "ignores SIGTERM", "fails readiness")) {
            assertThatThrownBy(() -> Simulation.parse(text).requireProcess())
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("runs as a process");
        }
    }
}
