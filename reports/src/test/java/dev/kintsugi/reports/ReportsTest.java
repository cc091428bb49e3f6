package dev.kintsugi.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportsTest {

    private final Path directory;

    ReportsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void allFourFilesAreWrittenAndNothingElse() throws IOException {
        Path runs = directory.resolve("runs/one");

        Reports.write(SampleRun.run(), runs);

        assertThat(names(runs)).containsExactlyInAnyOrder("report.html", "run.json", "junit.xml", "summary.md");
        assertThat(Reports.read(runs.resolve("run.json"))).isEqualTo(SampleRun.run());
    }

    @Test
    void anEarlierReportIsReplaced() {
        Reports.write(SampleRun.run(), directory);
        Reports.write(SampleRun.of(SampleRun.podKill()), directory);

        assertThat(Reports.read(directory.resolve("run.json")).scenarios()).hasSize(1);
    }

    @Test
    void whereOneFileCannotBeWrittenNoneIs() throws IOException {
        Files.createDirectory(directory.resolve("summary.md"));

        assertThatExceptionOfType(ReportException.class)
                .isThrownBy(() -> Reports.write(SampleRun.run(), directory))
                .withMessage("cannot write %s: it is a directory", directory.resolve("summary.md"));
        assertThat(names(directory)).containsExactly("summary.md");
    }

    @Test
    void aFileInTheWayOfTheDirectoryIsNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "x");

        assertThatExceptionOfType(ReportException.class)
                .isThrownBy(() -> Reports.write(SampleRun.run(), file))
                .withMessage("cannot write %s: a file of that name is in the way of a directory", file);
        assertThatExceptionOfType(ReportException.class)
                .isThrownBy(() -> Reports.write(SampleRun.run(), file.resolve("below")))
                .withMessageContaining(file.toString());
    }

    @Test
    void whatCannotBeReadIsNamedWithTheReason() throws IOException {
        Path text = Files.writeString(directory.resolve("text"), "hello");

        assertThatExceptionOfType(ReportException.class)
                .isThrownBy(() -> Reports.read(directory.resolve("none.json")))
                .withMessage("cannot read %s: no such file", directory.resolve("none.json"));
        assertThatExceptionOfType(ReportException.class)
                .isThrownBy(() -> Reports.read(directory))
                .withMessage("cannot read %s: it is a directory", directory);
        assertThatExceptionOfType(ReportException.class)
                .isThrownBy(() -> Reports.read(text))
                .withMessageStartingWith("cannot read " + text + ": ")
                .withMessageContaining("line 1");
    }

    @Test
    void aFileThatIsTooLargeIsRefused() throws IOException {
        Path large = directory.resolve("large.json");
        try (FileChannel channel = FileChannel.open(large, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[1]), 64L << 20);
        }

        assertThatExceptionOfType(ReportException.class)
                .isThrownBy(() -> Reports.read(large))
                .withMessage("cannot read %s: it is larger than 64 MiB", large);
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }
}
