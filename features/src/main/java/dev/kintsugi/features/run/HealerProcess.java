package dev.kintsugi.features.run;

import dev.kintsugi.features.process.ChildProcess;
import dev.kintsugi.features.process.LogFile;
import dev.kintsugi.features.recording.Inconclusive;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The healer, started as its users start it: a process of its own that is given a kubeconfig. It can be switched off and on.
 */
final class HealerProcess implements HealerSwitch {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final long LOG_LIMIT_BYTES = 16L * 1024 * 1024;

    private final List<String> java;
    private final Path kubeconfig;
    private final String configNamespace;
    private final Path logFile;
    private final Path addressFile;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private @Nullable ChildProcess process;

    /**
     * One that is off.
     *
     * @param java the words that start Kintsugi's command
     * @param configNamespace where its settings are
     */
    HealerProcess(List<String> java, Path kubeconfig, String configNamespace, Path logFile) {
        this.java = List.copyOf(java);
        this.kubeconfig = kubeconfig;
        this.configNamespace = configNamespace;
        this.logFile = logFile;
        this.addressFile = logFile.resolveSibling("healer.address");
    }

    /** Starts it, and waits until it says that it is ready. */
    @Override
    public void on() {
        ChildProcess running = process;
        if (running != null && running.isAlive()) {
            return;
        }
        forgetAddress();
        addressFile.toFile().deleteOnExit();
        List<String> words = new ArrayList<>(java);
        words.addAll(List.of("heal", "--kubeconfig", kubeconfig.toString()));
        words.addAll(List.of("--namespace-of-config", configNamespace));
        words.addAll(List.of("--http", "127.0.0.1:0", "--http-address-file", addressFile.toString()));
        // A command that the kubeconfig names for credentials needs what the user's shell has: HOME, profiles, proxies.
        ChildProcess started = ChildProcess.start(
                new ChildProcess.Command(words, System.getenv(), null),
                new LogFile(logFile, LOG_LIMIT_BYTES, InstantSource.system()));
        process = started;
        try {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(25))
                    .pollDelay(Duration.ZERO)
                    .atMost(PATIENCE)
                    .until(() -> !started.isAlive() || isReady());
        } catch (ConditionTimeoutException e) {
            started.kill();
            throw new Inconclusive(
                    "the healer was not ready within " + PATIENCE.toSeconds() + " s; its log is " + logFile, e);
        }
        if (!started.isAlive()) {
            throw new Inconclusive("the healer ended while it started; its log is " + logFile);
        }
    }

    /** Asks it to end, and waits until it has. */
    @Override
    public void off() {
        ChildProcess running = process;
        process = null;
        if (running == null) {
            return;
        }
        running.terminate();
        try {
            running.exit().get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            running.kill();
        } catch (InterruptedException e) {
            running.kill();
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("the end of the healer could not be awaited", e);
        }
    }

    /** It takes a free port, and writes where it listens into a file once it does. */
    private boolean isReady() {
        try {
            if (Files.notExists(addressFile)) {
                return false;
            }
            String address = Files.readString(addressFile).strip();
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + "/readyz"))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void forgetAddress() {
        try {
            Files.deleteIfExists(addressFile);
        } catch (IOException e) {
            throw new Inconclusive("the healer cannot be started: " + addressFile + " cannot be deleted", e);
        }
    }

    @Override
    public void close() {
        ChildProcess running = process;
        process = null;
        if (running != null) {
            running.kill();
        }
    }
}
