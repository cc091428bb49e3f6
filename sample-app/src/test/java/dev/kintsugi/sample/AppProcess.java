package dev.kintsugi.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The built app as a child process, started as anybody starts it: {@code java @java.options -jar sample-app.jar}. */
final class AppProcess implements AutoCloseable {

    static final Path DIRECTORY = Path.of("target", "app").toAbsolutePath();

    private static final Pattern PORT = Pattern.compile("\"message\":\"Listening\".*\"port\":(\\d+)");

    private final Process process;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();

    private AppProcess(Process process) {
        this.process = process;
        read(process.inputReader(), output);
        read(process.errorReader(), errors);
    }

    static AppProcess start(Map<String, String> environment) {
        return start(DIRECTORY, environment);
    }

    static AppProcess start(Path directory, Map<String, String> environment) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("@java.options", "-jar", "sample-app.jar"));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        Map<String, String> all =
                new HashMap<>(Map.of("PORT", "0", "LISTEN_ADDRESS", "127.0.0.1", "HOSTNAME", "pod-1"));
        all.putAll(environment);
        builder.environment().putAll(all);
        try {
            return new AppProcess(builder.start());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Http http() {
        return new Http(Awaitility.await().pollInterval(Duration.ofMillis(2)).until(this::port, port -> port > 0));
    }

    AppProcess ready() {
        Http http = http();
        Awaitility.await()
                .pollInterval(Duration.ofMillis(2))
                .until(() -> http.get("/ready").statusCode() == 200);
        return this;
    }

    private int port() {
        for (String line : output) {
            Matcher matcher = PORT.matcher(line);
            if (matcher.find()) {
                return Integer.parseInt(matcher.group(1));
            }
        }
        return 0;
    }

    /** By the handle: {@link Process#destroy} would also close the pipes that the app writes its log to. */
    void sendSigterm() {
        assertThat(process.toHandle().destroy()).isTrue();
    }

    Process process() {
        return process;
    }

    List<String> output() {
        return output;
    }

    List<String> errors() {
        return errors;
    }

    /** The exit code; the process must end in time. */
    int exitCode(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("The process still runs after " + limit);
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    long residentKibibytes() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findAny()
                    .orElseThrow();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    Duration cpuTime() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    private static void read(@Nullable BufferedReader from, List<String> lines) {
        Thread thread = new Thread(
                () -> {
                    try (BufferedReader reader = from) {
                        if (reader != null) {
                            reader.lines().forEach(lines::add);
                        }
                    } catch (IOException | UncheckedIOException ended) {
                        lines.add("(ended: " + ended.getMessage() + ")");
                    }
                },
                "app-output");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        exitCode(Duration.ofSeconds(10));
    }
}
