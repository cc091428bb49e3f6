package dev.kintsugi.features.cli;

import dev.kintsugi.chaos.drive.ClusterFailure;
import dev.kintsugi.features.cluster.NotBuilt;
import dev.kintsugi.features.cluster.existing.ClusterUnavailable;
import dev.kintsugi.features.recording.Inconclusive;
import dev.kintsugi.features.run.UsageException;
import dev.kintsugi.features.run.Version;
import dev.kintsugi.healer.Main;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** Breaks a Kubernetes workload on purpose, heals it, and proves how long the healing took. */
@Command(
        name = "kintsugi",
        description = "Breaks a Kubernetes workload on purpose, heals it, and proves how long the healing took.",
        mixinStandardHelpOptions = true,
        versionProvider = Kintsugi.Versions.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            ChaosCommand.class,
            ClusterCommand.class,
            DoctorCommand.class,
            CompareCommand.class,
            RehearseCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:passed",
            "1:a scenario failed",
            "2:usage or configuration",
            "3:regression",
            "4:inconclusive, or the infrastructure failed"
        })
public final class Kintsugi implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Runs the command and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        System.exit(execute(writer(System.out), writer(System.err), arguments));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    /** Runs the command; what it has to say goes to these two, and nothing else is printed. */
    static int execute(PrintWriter out, PrintWriter err, String... arguments) {
        Logging.quiet();
        CommandLine command = new CommandLine(new Kintsugi())
                .addSubcommand("heal", Main.commandLine())
                .setOut(out)
                .setErr(err)
                .setUsageHelpWidth(80)
                .setParameterExceptionHandler(Kintsugi::misused)
                .setExecutionExceptionHandler((failure, failed, parsed) -> failed(failure, err));
        try {
            return command.execute(Arrays.copyOf(arguments, arguments.length));
        } catch (Error e) {
            // Java's own exit code for it would be 1, which means that a scenario failed.
            return failed(e, err);
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    /** A wrong word on the command line: what is wrong with it, and where all the right ones are listed. */
    private static int misused(ParameterException misuse, String[] arguments) {
        CommandLine command = misuse.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("kintsugi: " + misuse.getMessage());
        UnmatchedArgumentException.printSuggestions(misuse, err);
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    /** A user's mistake is one sentence; everything else is the infrastructure, or a defect of Kintsugi, and says so. */
    private static int failed(Throwable failure, PrintWriter err) {
        if (failure instanceof UsageException || failure instanceof NotBuilt) {
            err.println("kintsugi: " + failure.getMessage());
            return ExitCode.USAGE;
        }
        String message = failure.getMessage();
        if (failure instanceof ClusterUnavailable
                || failure instanceof ClusterFailure
                || failure instanceof Inconclusive) {
            err.println("kintsugi: " + message);
            return ExitCode.INCONCLUSIVE;
        }
        err.println("kintsugi: " + failure.getClass().getSimpleName() + (message == null ? "" : ": " + message));
        Logging.trace(failure).ifPresent(file -> err.println("kintsugi: details are in " + file));
        return ExitCode.INCONCLUSIVE;
    }

    static final class Versions implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"kintsugi " + Version.current()};
        }
    }
}
