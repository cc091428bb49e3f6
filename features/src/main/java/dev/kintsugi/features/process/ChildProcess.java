package dev.kintsugi.features.process;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A process that cannot outlive the one that started it, not even when that one is killed with SIGKILL.
 *
 * <p>The command is started by a shell that first leaves a watcher behind and then becomes the command, so the process id, the
 * signals and the exit code are those of the command itself. The watcher blocks on a pipe whose other end only this JVM
 * holds. The kernel closes that end when the JVM is gone, however it went, and the watcher kills the command with SIGKILL.
 * The command still being the watcher's parent proves that its process id has not been given to somebody else meanwhile.
 *
 * <p>Standard input of the command is empty. Standard output and error go to one {@link LogFile}.
 */
public final class ChildProcess implements AutoCloseable {

    private static final String TETHER = """
            exec 3<&0 </dev/null
            (
              trap '' INT TERM HUP
              read -r line <&3
              read -r pid name state parent rest </proc/self/stat
              [ "$parent" = $$ ] && kill -KILL $$
            ) >/dev/null 2>&1 &
            exec 3<&- "$@"
            """;

    /** What to start. */
    public record Command(
            List<String> words,
            Map<String, String> environment,
            @Nullable Path folder) {

        public Command {
            if (words.isEmpty()) {
                throw new IllegalArgumentException("A command needs at least one word, the program");
            }
            words = List.copyOf(words);
            environment = Map.copyOf(environment);
        }

        /** A command in the current folder that sees nothing of this JVM's environment but {@code PATH}. */
        public static Command of(String... words) {
            return new Command(List.of(words), Map.of(), null);
        }
    }

    /** Signals go through its handle: {@code Process.destroy} would close the pipes too, and that would wake the watcher. */
    private final Process process;

    private final LogFile log;
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();

    private ChildProcess(Process process, LogFile log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a command. Its environment is exactly the one given, and {@code PATH} of this JVM where none is given.
     *
     * @param log receives what it prints and is closed when it has ended
     * @throws UncheckedIOException when there is no shell or the folder is missing; a program that does not exist shows as exit
     *     code 127 and a line in the log, as from any shell
     */
    public static ChildProcess start(Command command, LogFile log) {
        List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", TETHER, "sh"));
        words.addAll(command.words());
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        String path = environment.get("PATH");
        environment.clear();
        if (path != null) {
            environment.put("PATH", path);
        }
        environment.putAll(command.environment());
        if (command.folder() != null) {
            builder.directory(new File(command.folder().toString()));
        }
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            log.close();
            throw new UncheckedIOException("Cannot start " + command.words().get(0) + ": " + e.getMessage(), e);
        }
        ChildProcess child = new ChildProcess(process, log);
        Thread reader = new Thread(child::copyOutput, "output-of-" + process.pid());
        reader.setDaemon(true);
        reader.start();
        return child;
    }

    private void copyOutput() {
        byte[] buffer = new byte[8192];
        try (InputStream output = process.getInputStream();
                log) {
            for (int read = output.read(buffer); read >= 0; read = output.read(buffer)) {
                log.write(buffer, read);
            }
        } catch (IOException | UncheckedIOException e) {
            // The log cannot be written or the pipe broke: the process must not block on a pipe that nobody reads.
            process.destroyForcibly();
        } finally {
            awaitExit();
        }
    }

    private void awaitExit() {
        boolean interrupted = false;
        while (true) {
            try {
                exit.complete(process.waitFor());
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The process id of the command itself. */
    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Completes with the exit code once the command has ended and all it printed is in the log; 128 plus the signal's number when
     * a signal ended it, as Kubernetes reports it.
     */
    public CompletableFuture<Integer> exit() {
        return exit.copy();
    }

    public LogFile log() {
        return log;
    }

    /** Asks the command to end (SIGTERM). */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** Ends the command at once (SIGKILL). */
    public void kill() {
        process.toHandle().destroyForcibly();
    }

    /** Freezes the command (SIGSTOP): it stays, with its memory and its open sockets, and does nothing. */
    public void suspend() {
        signal("STOP");
    }

    /** Lets a frozen command go on (SIGCONT). */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        if (!process.isAlive()) {
            return;
        }
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            kill.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot send SIG" + name + " to process " + pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills the command if it is still there. Does not wait; {@link #exit()} tells when it is gone. */
    @Override
    public void close() {
        kill();
    }
}
