package dev.kintsugi.features.cli;

import dev.kintsugi.chaos.drive.Connection;
import dev.kintsugi.chaos.drive.Experiments;
import dev.kintsugi.chaos.guard.AbortConditions;
import dev.kintsugi.chaos.manifest.Manifest;
import dev.kintsugi.chaos.manifest.Part;
import dev.kintsugi.chaos.mesh.Outcome;
import dev.kintsugi.features.recording.Proofs;
import dev.kintsugi.features.run.UsageException;
import dev.kintsugi.features.strike.Strike;
import dev.kintsugi.reports.model.Proof;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Carries a manifest out. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        versionProvider = Kintsugi.Versions.class,
        description =
                "Check and plan a manifest, inject it, and prove at each target whether it bit. Without --watch it"
                        + " needs a duration, after which the cluster removes it; with --watch it is gone 30 s after this process"
                        + " was killed, at the latest.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the fault bit every target",
            "1:refused, aborted, without effect, or still there",
            "2:usage",
            "4:whether it bit is not known, or the cluster failed"
        })
final class ChaosApplyCommand implements Callable<Integer> {

    private static final int ENDING_SECONDS = 45;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ManifestOptions given = new ManifestOptions();

    @Option(
            names = "--watch",
            description =
                    "stay until it is over, end it when a node or a workload that is no target is lost, and remove"
                            + " it at the end and on Ctrl-C")
    private boolean watch;

    @Option(
            names = "--slo",
            paramLabel = "URL",
            description = "with --watch: end it when too many requests to this URL (http) fail")
    private @Nullable URI slo;

    @Option(
            names = "--slo-failing",
            paramLabel = "PERCENT",
            defaultValue = "5",
            description = "how many are still well (default: ${DEFAULT-VALUE})")
    private double failing;

    @Option(
            names = "--slo-seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "over which time (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--no-lease", description = "let it stay if this process dies")
    private boolean noLease;

    @Override
    public Integer call() throws InterruptedException {
        Manifest manifest = given.manifest();
        Strike.Options options = options();
        if (!watch && !noLease && lastsForEver(manifest)) {
            throw new UsageException(
                    given.file() + ": nothing ends it; give it a duration, or stay with it by --watch");
        }
        PrintWriter out = spec.commandLine().getOut();
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch ended = new CountDownLatch(1);
        Thread ending = new Thread(() -> end(stop, ended), "end");
        Runtime.getRuntime().addShutdownHook(ending);
        try (Connection connection = given.connect();
                Experiments experiments = new Experiments(connection)) {
            Preparation preparation = given.prepare(manifest, connection, experiments);
            if (!preparation.isAllowed()) {
                preparation.printObjections(out);
                out.flush();
                return ExitCode.FAILED;
            }
            preparation.print(out);
            out.flush();
            Strike.Result result = new Strike(connection, experiments, preparation.plan(), options, stop::get, line -> {
                        out.println(line);
                        out.flush();
                    })
                    .run();
            return report(out, result);
        } finally {
            ended.countDown();
            removeHook(ending);
        }
    }

    private Strike.Options options() {
        if (slo == null) {
            return new Strike.Options(watch, !noLease, null, null);
        }
        if (!watch) {
            throw new UsageException("--slo " + slo + ": needs --watch");
        }
        if (!"http".equals(slo.getScheme()) || slo.getHost() == null) {
            throw new UsageException("--slo " + slo + ": must be a URL such as http://shop.example:8080/");
        }
        URI target = slo.getPort() > 0
                ? slo
                : URI.create("http://" + slo.getHost() + ":80" + (slo.getRawPath() == null ? "/" : slo.getRawPath()));
        try {
            return new Strike.Options(
                    watch, !noLease, target, new AbortConditions.Objective(failing / 100, Duration.ofSeconds(seconds)));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--slo-failing " + failing + " --slo-seconds " + seconds + ": " + e.getMessage());
        }
    }

    private static boolean lastsForEver(Manifest manifest) {
        return !manifest.parts().stream()
                .allMatch(part -> part.setting() == Part.Setting.EXPERIMENT
                        && (part.isOneShot() || part.duration().isPresent()));
    }

    private static int report(PrintWriter out, Strike.Result result) {
        if (!(result.outcome() instanceof Outcome.Injected)) {
            out.println("not injected: " + result.outcome().reason());
            if (result.outcome() instanceof Outcome.NotInjected not) {
                not.evidence().forEach(line -> out.println("  " + line));
            }
        }
        for (Proof proof : result.proofs()) {
            out.println(proof);
        }
        if (result.leftover() != null) {
            out.println(result.leftover());
        }
        out.flush();
        if (result.leftover() != null || result.aborted() != null || result.outcome() instanceof Outcome.Refused) {
            return ExitCode.FAILED;
        }
        if (!(result.outcome() instanceof Outcome.Injected)) {
            return ExitCode.INCONCLUSIVE;
        }
        if (result.proofs().isEmpty()) {
            return ExitCode.PASSED;
        }
        return switch (Proofs.of(result.proofs())) {
            case CONFIRMED -> ExitCode.PASSED;
            case NO_EFFECT -> ExitCode.FAILED;
            case INCONCLUSIVE -> ExitCode.INCONCLUSIVE;
        };
    }

    /** On Ctrl-C the experiment is removed before the process ends. */
    private static void end(AtomicBoolean stop, CountDownLatch ended) {
        stop.set(true);
        try {
            if (!ended.await(ENDING_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(ExitCode.INCONCLUSIVE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already, which is what the hook waits for.
        }
    }
}
