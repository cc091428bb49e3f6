package dev.kintsugi.features.cluster.embedded.node;

import dev.kintsugi.features.cluster.embedded.node.pod.ContainerRun.Exit;
import dev.kintsugi.features.cluster.embedded.node.runtime.RunningContainer;
import dev.kintsugi.features.process.LogFile.Line;
import io.fabric8.kubernetes.api.model.Container;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The termination message of a process: it has no file system of its own that the message file could be in, but it has a log. */
final class TerminationMessage {

    private static final int MAX_LINES = 80;
    private static final int MAX_BYTES = 2048;

    private TerminationMessage() {}

    /**
     * The end of a run with its message: under the policy {@code FallbackToLogsOnError} the last 80 lines of the log, at most
     * 2 KiB of them, when it ended with an error ({@code getTerminationMessage} of the kubelet). A log that cannot be read adds nothing.
     * May wait for the disk.
     */
    static Exit added(Container container, RunningContainer running, Exit exit) {
        boolean fallsBack = "FallbackToLogsOnError".equals(container.getTerminationMessagePolicy());
        if (!fallsBack || exit.code() == 0 || !exit.message().isEmpty()) {
            return exit;
        }
        try {
            return running.log().map(log -> exit.saying(tail(log.lines()))).orElse(exit);
        } catch (UncheckedIOException unreadable) {
            return exit;
        }
    }

    private static String tail(List<Line> lines) {
        String text = lines.subList(Math.max(0, lines.size() - MAX_LINES), lines.size()).stream()
                .map(line -> line.text() + "\n")
                .collect(Collectors.joining());
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new String(
                Arrays.copyOfRange(bytes, Math.max(0, bytes.length - MAX_BYTES), bytes.length), StandardCharsets.UTF_8);
    }
}
