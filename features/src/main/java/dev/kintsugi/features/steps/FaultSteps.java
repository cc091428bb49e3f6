package dev.kintsugi.features.steps;

import dev.kintsugi.chaos.model.Fault;
import dev.kintsugi.chaos.model.MemorySize;
import dev.kintsugi.features.recording.Effect;
import dev.kintsugi.features.recording.Inconclusive;
import dev.kintsugi.features.recording.Observation.Pod;
import dev.kintsugi.features.recording.Reply;
import dev.kintsugi.features.run.UsageException;
import dev.kintsugi.features.steps.Units.Percent;
import dev.kintsugi.features.workload.SampleApp;
import io.cucumber.java.en.When;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** Pods that are killed, fail, hang, or are short of memory and CPU. */
public final class FaultSteps {

    private static final Duration OBEDIENCE = Duration.ofSeconds(5);
    /** How long CPU use is measured before it is stressed. */
    private static final Duration USUAL = Duration.ofSeconds(2);

    private static final double PERCENT = 100;

    private final Trial trial;
    private final OneVictim one;

    public FaultSteps(Trial trial, OneVictim one) {
        this.trial = trial;
        this.one = one;
    }

    @When("one pod is killed")
    public void killOne() throws InterruptedException {
        one.broken(new Fault.PodKill(0), null, FaultSteps::gone);
    }

    @When("one pod labelled {string} is killed")
    public void killOneLabelled(String label) throws InterruptedException {
        String[] keyAndValue = label.split("=", 2);
        if (keyAndValue.length != 2) {
            throw new UsageException("\"" + label + "\" is no label; right would be \"app=web\"");
        }
        one.broken(new Fault.PodKill(0), null, Map.of(keyAndValue[0], keyAndValue[1]), FaultSteps::gone);
    }

    private static Effect gone(Pod victim) {
        return new Effect.PodsGone(Set.of(victim.uid()));
    }

    @When("the container of one pod is killed")
    public void killContainer() throws InterruptedException {
        one.broken(
                new Fault.ContainerKill(List.of(SampleApp.CONTAINER)),
                null,
                victim -> new Effect.Restarted(victim.uid(), victim.restarts()));
    }

    @When("one pod fails for {duration}")
    public void failPod(Duration duration) throws InterruptedException {
        one.broken(new Fault.PodFailure(), duration, victim -> new Effect.Unready(victim.uid()));
    }

    @When("one pod is stressed with {size} of memory for {duration}")
    public void stressMemory(MemorySize size, Duration duration) throws InterruptedException {
        one.broken(
                Fault.MemoryStress.of(size), duration, victim -> new Effect.OomKilled(victim.uid(), victim.restarts()));
    }

    @When("one pod is stressed with {percent} of a CPU for {duration}")
    public void stressCpu(Percent load, Duration duration) throws InterruptedException {
        if (load.value() < 1 || load.value() != Math.rint(load.value())) {
            throw new UsageException(load + " of a CPU: must be a whole share from 1 to 100 %");
        }
        trial.recorder().watchUsage(trial.recorder().pods());
        trial.within(USUAL, () -> false);
        one.broken(
                new Fault.CpuStress(1, (int) load.value(), List.of()),
                duration,
                victim -> new Effect.CpuSpent(
                        victim.uid(),
                        load.value() / PERCENT,
                        trial.recorder().coresOf(victim).orElse(0.0)));
    }

    @When("one pod hangs")
    public void hang() throws InterruptedException {
        trial.before();
        Pod victim = anyPod();
        Effect effect = one.unanswered(victim);
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

    private void post(Pod pod, String path) throws InterruptedException {
        Reply reply = trial.reach().once(one.at(pod), "POST", path, OBEDIENCE);
        if (reply.error() != null) {
            throw new Inconclusive("pod " + pod.name() + " cannot be reached: " + reply.error());
        }
        if (reply.status() >= 300) {
            throw new Inconclusive("pod " + pod.name() + " answered " + reply.status() + " to POST " + path);
        }
    }
}
