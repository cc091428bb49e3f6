package dev.kintsugi.features.cluster.embedded.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.embedded.node.simulation.Behaviour.Ending;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ShellCommandTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            value = {
                "exit 1                      @ 0 @ 1",
                "sleep 1; exit 3             @ 1000 @ 3",
                "sleep 1                     @ 1000 @ 0",
                "true                        @ 0 @ 0",
                "false                       @ 0 @ 1",
                ":                           @ 0 @ 0",
                "false; true                 @ 0 @ 0",
                "false && exit 7             @ 0 @ 1",
                "false || exit 7             @ 0 @ 7",
                "true || exit 7; exit 2      @ 0 @ 2",
                "sleep 0.5 && sleep 1m; exit @ 60500 @ 0",
                "false; exit                 @ 0 @ 1",
                "exec sleep 2; exit 9        @ 2000 @ 0",
                "mkdir -p /www; echo ok > /www/ready; exit 4 @ 0 @ 4",
                "sleep 2 & sleep 1; wait; exit 5 @ 2000 @ 5",
                "exit 256                    @ 0 @ 0",
            })
    void scriptThatEndsIsFollowedToItsEnd(String script, long millis, int code) {
        Behaviour behaviour = shell(script);
        assertThat(behaviour.ending()).contains(new Ending(Duration.ofMillis(millis), code, false, ""));
        assertThat(behaviour.serves()).isFalse();
    }

    @Test
    void commandWithoutAShellIsUnderstoodToo() {
        assertThat(Behaviour.of("x", List.of("/bin/false"), false, Simulation.NONE)
                        .ending())
                .contains(new Ending(Duration.ZERO, 1, false, ""));
        assertThat(Behaviour.of("x", List.of("/bin/sh", "-c", "exit 3"), false, Simulation.NONE)
                        .ending())
                .contains(new Ending(Duration.ZERO, 3, false, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sleep 1000", "sleep infinity", "tail -f /dev/null", "trap 'exit 0' TERM; sleep 1000"})
    void firstProcessThatDoesNotWaitForSignalsIgnoresSigterm(String script) {
        assertThat(shell(script).onTerm()).isEmpty();
        assertThat(shell(script).serves()).isFalse();
    }

    @Test
    void trapIsRunWhileTheScriptWaits() {
        assertThat(shell("trap 'exit 4' TERM; sleep 3600 & wait").onTerm()).isEqualTo(OptionalInt.of(4));
    }

    @Test
    void scriptsOfTheRecordingsServeAndReactToSigtermAsTheirTrapSays() {
        String setUp = "mkdir -p /www; echo ok > /www/index.html; echo ok > /www/ready; ";
        Behaviour polite = shell("trap 'exit 0' TERM; " + setUp + "httpd -f -p 8080 -h /www & wait");
        assertThat(polite).isEqualTo(new Behaviour(Optional.empty(), OptionalInt.of(0), true));
        Behaviour stubborn = shell("trap '' TERM; " + setUp + "while :; do httpd -f -p 8080 -h /www; done");
        assertThat(stubborn).isEqualTo(new Behaviour(Optional.empty(), OptionalInt.empty(), true));
        Behaviour late =
                shell(setUp + "httpd -p 8080 -h /www; trap 'exit 0' TERM; while [ ! -f /www/go ]; do sleep 1; done");
        assertThat(late).isEqualTo(Behaviour.SERVER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nginx -g 'daemon off;'",
                "exit $CODE",
                "sleep `cat /time`",
                "ls | wc -l",
                "if true; then exit 1; fi",
                "echo 'unclosed",
                "trap 'rm x' EXIT; exit 1",
                "sleep soon",
                "httpd & exit 3"
            })
    void whatIsNotUnderstoodIsBelievedToServe(String script) {
        assertThat(shell(script)).isEqualTo(Behaviour.SERVER);
        assertThat(ShellCommand.of(List.of("sh", "-c", script)).run()).isEmpty();
    }

    @Test
    void memoryIsTakenUntilTheLimitIfThereIsOne() {
        List<String> command = List.of("tail", "/dev/zero");
        assertThat(Behaviour.of("x", command, true, Simulation.NONE).ending().orElseThrow())
                .matches(Ending::outOfMemory)
                .extracting(Ending::code)
                .isEqualTo(137);
        assertThat(Behaviour.of("x", command, false, Simulation.NONE)).isEqualTo(Behaviour.SERVER);
    }

    @Test
    void terminationMessageIsWhatIsWrittenToItsFile() {
        assertThat(shell("echo 'no licence' > /dev/termination-log; exit 2").ending())
                .contains(new Ending(Duration.ZERO, 2, false, "no licence\n"));
    }

    @Test
    void annotationGoesBeforeCommandAndPauseServesNothing() {
        Simulation told = Simulation.parse("exits 9 after 3s, ignores SIGTERM");
        assertThat(Behaviour.of("x", List.of("true"), false, told))
                .isEqualTo(new Behaviour(
                        Optional.of(new Ending(Duration.ofSeconds(3), 9, false, "")), OptionalInt.empty(), false));
        assertThat(Behaviour.of("nginx", List.of(), false, Simulation.NONE)).isEqualTo(Behaviour.SERVER);
        for (String pause : List.of("gcr.io/google-containers/pause:latest", "registry.k8s.io/pause:3.9", "pause")) {
            assertThat(Behaviour.of(pause, List.of(), false, Simulation.NONE).serves())
                    .isFalse();
        }
    }

    private static Behaviour shell(String script) {
        return Behaviour.of("x", List.of("sh", "-c", script), false, Simulation.NONE);
    }
}
