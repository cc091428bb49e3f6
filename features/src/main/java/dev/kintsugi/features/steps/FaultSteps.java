package dev.kintsugi.features.steps;

import dev.kintsugi.chaos.model.Experiment;
import dev.kintsugi.chaos.model.Fault;
import dev.kintsugi.chaos.model.MemorySize;
import dev.kintsugi.chaos.model.Selector;
import dev.kintsugi.chaos.model.Target;
import dev.kintsugi.features.recording.Effect;
import dev.kintsugi.features.recording.Inconclusive;
import dev.kintsugi.features.recording.Observation.Pod;
import dev.kintsugi.features.run.UsageException;
import dev.kintsugi.features.steps.Units.Percent;
import dev.kintsugi.features.workload.SampleApp;
import io.cucumber.java.en.When;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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

    private static final int DEGRADED_REQUESTS = 3;
    private static final int UNANSWERED_REQUESTS = 3;

    private final Trial trial;
    private final HttpClient http = HttpClient.newHttpClient();

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
        post(address(victim).resolve("/simulate/hang"));
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
        return trial.recorder().probePath(pod, address(pod).resolve("/"), PATH_PROBES_PER_SECOND, PATH_PATIENCE);
    }

    private static URI address(Pod pod) {
        return URI.create("http://" + pod.ip() + ":" + SampleApp.PORT + "/");
    }

    private void post(URI uri) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(5))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 300) {
                throw new Inconclusive(uri + " answered " + answer.statusCode() + ": "
                        + answer.body().strip());
            }
        } catch (IOException e) {
            throw new Inconclusive(uri + " cannot be reached: " + e.getMessage(), e);
        }
    }
}
