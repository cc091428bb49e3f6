package dev.kintsugi.features.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.contract.Recording.Scenario;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * The contract of the embedded cluster: it does what recordings of a real Kubernetes 1.28 show. Each is replayed through the public
 * API, watched as the recorder did, reduced to states and compared; the table of what was compared is printed, and kept in
 * {@code target/contract.md}.
 *
 * <p>{@code -Dkintsugi.recordings=DIR} replays the recordings of another folder instead ({@code *.jsonl} or {@code *.jsonl.gz} in the
 * format of {@code src/test/resources/recordings/README.md}).
 */
class ContractTest {

    private static final String OTHER_FOLDER = "kintsugi.recordings";

    @Test
    void embeddedClusterDoesWhatTheRecordedOneDid(@TempDir Path folder) throws Exception {
        String other = System.getProperty(OTHER_FOLDER, "");
        List<Scenario> scenarios = Recording.in(other.isEmpty() ? shipped() : Path.of(other));
        List<KnownDeviation> known = other.isEmpty() ? KnownDeviation.ALL : List.of();

        List<Verdict> verdicts = Contract.replay(scenarios, known, folder);

        String table = Verdict.table(verdicts);
        publish(table + Verdict.deviations(verdicts));
        assertThat(verdicts).as("scenarios in the folder").isNotEmpty();
        String report = Verdict.report(verdicts);
        assertThat(report).as(table + report).isEmpty();
        assertThat(unmet(verdicts, known))
                .as("known deviations that are gone: take them off the list")
                .isEmpty();
    }

    /** For whoever runs the test to read: on the console, and in a file. */
    private static void publish(String text) throws IOException {
        Files.writeString(Path.of("target", "contract.md"), text);
        LoggerFactory.getLogger(ContractTest.class).info("\n{}", text);
    }

    private static List<KnownDeviation> unmet(List<Verdict> verdicts, List<KnownDeviation> known) {
        return known.stream()
                .filter(deviation ->
                        verdicts.stream().noneMatch(verdict -> verdict.met().contains(deviation)))
                .toList();
    }

    static Path shipped() throws IOException {
        try {
            URI readme = Objects.requireNonNull(ContractTest.class.getResource("/recordings/README.md"))
                    .toURI();
            return Objects.requireNonNull(Path.of(readme).getParent());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }
}
