package dev.kintsugi.features.cluster.embedded.node;

import dev.kintsugi.features.cluster.embedded.node.pod.PodInput.Answer;
import dev.kintsugi.features.cluster.embedded.node.pod.PodInput.Outcome;
import dev.kintsugi.features.cluster.embedded.node.simulation.ShellCommand;
import dev.kintsugi.features.cluster.embedded.node.simulation.Simulation.ProbeFault;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ExecAction;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How a simulated container answers its probes and carries out its hooks, in the words of the kubelet. */
final class SimulatedAnswers {

    private static final Timed GOOD = new Timed(Answer.GOOD, Duration.ZERO);

    /** @param after how long it takes until the answer is there */
    record Timed(Answer answer, Duration after) {}

    private SimulatedAnswers() {}

    /**
     * The answer to a probe: bad when a fault is told of it or when nobody serves at the port, or when its command is one that
     * {@link ShellCommand} understands and that fails or takes too long; else good.
     *
     * @param serves whether somebody answers at the container's ports
     */
    static Timed probe(Container container, Probe probe, String podIp, boolean serves, Optional<ProbeFault> fault) {
        Duration timeout = Prober.timeout(probe);
        if (probe.getExec() != null) {
            return fault.isPresent() ? bad("") : command(probe.getExec(), timeout);
        }
        if (probe.getHttpGet() != null) {
            return fault.map(told -> bad("HTTP probe failed with statuscode: " + told.code()))
                    .orElseGet(() -> serves ? GOOD : refusedGet(container, probe.getHttpGet(), podIp));
        }
        if (probe.getTcpSocket() != null) {
            return serves && fault.isEmpty()
                    ? GOOD
                    : bad(refused(container, probe.getTcpSocket().getPort(), podIp));
        }
        if (probe.getGrpc() != null && fault.isPresent()) {
            return bad("service unhealthy (responded with \"NOT_SERVING\")");
        }
        return serves
                ? GOOD
                : bad("timeout: failed to connect service \"" + podIp + ":"
                        + (probe.getGrpc() == null ? 0 : probe.getGrpc().getPort()) + "\" within 1s");
    }

    /** What comes of a lifecycle hook: as of a probe, and at the latest when the time for it is over. */
    static Timed hook(Container container, LifecycleHandler hook, String podIp, boolean serves, Duration limit) {
        if (hook.getExec() != null) {
            return command(hook.getExec(), limit);
        }
        return serves || hook.getHttpGet() == null ? GOOD : refusedGet(container, hook.getHttpGet(), podIp);
    }

    private static Timed command(ExecAction action, Duration limit) {
        List<String> command = action.getCommand();
        return ShellCommand.of(command)
                .run()
                .map(run -> {
                    if (run.takes().compareTo(limit) > 0) {
                        String message = "command \"" + String.join(" ", command) + "\" timed out";
                        return new Timed(new Answer(Outcome.BAD, message), limit);
                    }
                    return new Timed(run.code() == 0 ? Answer.GOOD : new Answer(Outcome.BAD, ""), run.takes());
                })
                .orElse(GOOD);
    }

    private static Timed refusedGet(Container container, HTTPGetAction action, String podIp) {
        return Prober.url(container, action, podIp)
                .map(url -> bad("Get \"" + url + "\": " + refused(container, action.getPort(), podIp)))
                .orElseGet(() -> new Timed(
                        new Answer(
                                Outcome.ERROR,
                                "no port named " + action.getPort().getValue()),
                        Duration.ZERO));
    }

    private static String refused(Container container, IntOrString port, String podIp) {
        return "dial tcp " + podIp + ":"
                + Prober.port(container, port).map(String::valueOf).orElse("?") + ": connect: connection refused";
    }

    private static Timed bad(String message) {
        return new Timed(new Answer(Outcome.BAD, message), Duration.ZERO);
    }
}
