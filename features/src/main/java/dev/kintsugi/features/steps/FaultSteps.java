package dev.kintsugi.features.steps;

import dev.kintsugi.chaos.model.Experiment;
import dev.kintsugi.chaos.model.Fault;
import dev.kintsugi.chaos.model.MemorySize;
import dev.kintsugi.chaos.model.Selector;
import dev.kintsugi.chaos.model.Target;
import dev.kintsugi.features.cluster.reach.Destination;
import dev.kintsugi.features.recording.Effect;
import dev.kintsugi.features.recording.Inconclusive;
import dev.kintsugi.features.recording.Line;
import dev.kintsugi.features.recording.Observation.Pod;
import dev.kintsugi.features.recording.Reply;
import dev.kintsugi.features.run.UsageException;
import dev.kintsugi.features.steps.Units.Percent;
import io.cucumber.java.en.When;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is broken. */
public final class FaultSteps {

    private static final int PATH_PROBES_PER_SECOND = 20;
    private static final Duration PATH_PATIENCE = Duration.ofSeconds(1);
    /** Linux retransmits after 200 ms at the earliest: what is later than this has lost a packet. */
    private static final Duration LATE = Duration.ofMillis(150);

    private static final Duration OBEDIENCE = Duration.ofSeconds(5);
    private static final int DEGRADED_REQUESTS = 3;
    private static final int UNANSWERED_REQUESTS = 3;

    private final Trial trial;

    public FaultSteps(Trial trial) {
        this.trial = trial;
    }

    @When("one pod is killed")
    public void killOne() throws InterruptedException {
        trial.inject(
                experiment("pod-kill", new Fault.PodKill(0), null, trial.app().labels()),
                victims -> new Effect.PodsGone(victims.stream().map(Pod::uid).collect(Collectors.toSet())));
    }

    @When("one pod labelled {string} is killed")
    public void killOneLabelled(String label) throws InterruptedException {
        String[] keyAndValue = label.split("=", 2);
        if (keyAndValue.length != 2) {
            throw new UsageException("\"" + label + "\" is no label; right would be \"app=web\"");
        }
        trial.inject(
                experiment("pod-kill", new Fault.PodKill(0), null, Map.of(keyAndValue[0], keyAndValue[1])),
                victims -> new Effect.PodsGone(victims.stream().map(Pod::uid).collect(Collectors.toSet())));
    }

    @When("one pod loses {percent} of what it sends for {duration}")
    public void loseOutgoing(Percent loss, Duration duration) throws InterruptedException {
        trial.inject(
                experiment(
                        "network-loss",
                        Fault.NetworkLoss.outgoing(loss.value()),
                        duration,
                        trial.app().labels()),
                victims -> new Effect.All(victims.stream()
                        .map(victim -> (Effect) new Effect.PathDegraded(probe(victim), LATE, DEGRADED_REQUESTS))
                        .toList()));
    }

    @When("one pod is stressed with {size} of memory for {duration}")
    public void stressMemory(MemorySize size, Duration duration) throws InterruptedException {
        trial.inject(
                experiment(
                        "memory-stress",
                        Fault.MemoryStress.of(size),
                        duration,
                        trial.app().labels()),
                victims -> new Effect.All(victims.stream()
                        .map(victim -> (Effect) new Effect.OomKilled(victim.uid(), victim.restarts()))
                        .toList()));
    }

    @When("one pod hangs")
    public void hang() throws InterruptedException {
        trial.before();
        Pod victim = anyPod();
        Effect effect = new Effect.Unresponsive(probe(victim), UNANSWERED_REQUESTS);
        long requested = trial.recorder().clock().nanos();
        post(victim, "/simulate/hang");
        trial.injected(requested, "pod " + victim.name() + " was told to hang and obeyed", victim, effect);
    }

    /** The seed chooses among the pods of the web tier, in the order of their names. */
    private Pod anyPod() {
        Set<String> named = trial
                .session()
                .client()
                .pods()
                .inNamespace(trial.app().namespace())
                .withLabels(trial.app().labels())
                .list()
                .getItems()
                .stream()
                .map(pod -> pod.getMetadata().getUid())
                .collect(Collectors.toSet());
        List<Pod> pods = trial.recorder().pods().stream()
                .filter(pod -> named.contains(pod.uid()) && pod.ready() && !pod.terminating())
                .sorted(Comparator.comparing(Pod::name))
                .toList();
        if (pods.isEmpty()) {
            throw new Inconclusive("no ready pod is there to hang");
        }
        return pods.get(new SplittableRandom(trial.session().seed()).nextInt(pods.size()));
    }

    private Experiment experiment(String name, Fault fault, @Nullable Duration duration, Map<String, String> labels) {
        String namespace = trial.app().namespace();
        return new Experiment(name, namespace, Target.one(Selector.labelled(namespace, labels)), fault, duration);
    }

    private String probe(Pod pod) {
        Line line = trial.reach().line(at(pod), "GET", "/", PATH_PROBES_PER_SECOND, PATH_PATIENCE);
        return trial.recorder().probePath(pod, line, PATH_PROBES_PER_SECOND);
    }

    private Destination at(Pod pod) {
        String ip = pod.ip();
        if (ip == null) {
            throw new Inconclusive("pod " + pod.name() + " has no address");
        }
        return trial.app().pod(pod.name(), ip);
    }

    private void post(Pod pod, String path) throws InterruptedException {
        Reply reply = trial.reach().once(at(pod), "POST", path, OBEDIENCE);
        if (reply.error() != null) {
            throw new Inconclusive("pod " + pod.name() + " cannot be reached: " + reply.error());
        }
        if (reply.status() >= 300) {
            throw new Inconclusive("pod " + pod.name() + " answered " + reply.status() + " to POST " + path);
        }
    }
}
