package dev.kintsugi.chaos.emulation.stressor;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that is a burden: it keeps an exact amount of memory resident, burns CPU, or both, until its standard input ends
 * or it is killed. It needs the JDK alone.
 *
 * <p>When the memory is resident it writes one line, {@code resident BYTES}, to its standard output. A standard input that is
 * {@code /dev/null} from the start is no reason to end.
 */
public final class Stressor {
    private static final long MEBIBYTE = 1024L * 1024L;

    private Stressor() {}

    /**
     * The command line that starts a stressor. The JVM is made to be small and not to grow by itself: no compiler, a tiny
     * heap, class data shared with other JVMs where it can be.
     *
     * @param javaHome of the JDK or JRE to run it
     * @param classpath where this class is
     */
    public static List<String> command(Path javaHome, String classpath, StressorSpec spec) {
        List<String> command = new ArrayList<>();
        command.add(javaHome.resolve("bin").resolve("java").toString());
        command.addAll(List.of(
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-XX:+UnlockDiagnosticVMOptions",
                "-Xshare:auto",
                "-XX:ArchiveRelocationMode=0",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xint",
                "-Xms6m",
                "-Xmx6m",
                "-Xss256k",
                "-XX:MaxDirectMemorySize=" + (spec.memoryBytes() / MEBIBYTE + 2) + "m",
                "-cp",
                classpath,
                Stressor.class.getName(),
                Integer.toString(spec.memoryWorkers()),
                Long.toString(spec.memoryBytes()),
                Integer.toString(spec.cpuWorkers()),
                Integer.toString(spec.cpuLoad()),
                Integer.toString(spec.oomScoreAdj())));
        return command;
    }

    /**
     * Burdens the machine.
     *
     * @param args the five figures of {@link StressorSpec}, in its order
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        int memoryWorkers = Integer.parseInt(args[0]);
        long memoryBytes = Long.parseLong(args[1]);
        int cpuWorkers = Integer.parseInt(args[2]);
        int cpuLoad = Integer.parseInt(args[3]);
        int oomScoreAdj = Integer.parseInt(args[4]);
        if (oomScoreAdj != 0) {
            Files.writeString(Path.of("/proc/self/oom_score_adj"), Integer.toString(oomScoreAdj));
        }
        endWithStandardInput();
        CpuBurner.of(cpuWorkers, cpuLoad, Runtime.getRuntime().availableProcessors())
                .forEach(burner -> daemon("cpu", burner));
        if (memoryWorkers > 0 && memoryBytes > 0) {
            Ballast ballast = new Ballast(memoryBytes);
            ballast.fill(memoryWorkers);
            PrintStream out =
                    new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII);
            out.println("resident " + ballast.residentBytes());
            ballast.hold();
        }
        Thread.currentThread().join();
    }

    private static void endWithStandardInput() throws IOException {
        if (Files.isSameFile(Path.of("/proc/self/fd/0"), Path.of("/dev/null"))) {
            return;
        }
        daemon("standard-input", () -> {
            try {
                System.in.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // Whoever held the other end is gone, which is what is waited for.
            }
            Runtime.getRuntime().halt(0);
        });
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
