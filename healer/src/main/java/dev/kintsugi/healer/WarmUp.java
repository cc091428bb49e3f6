package dev.kintsugi.healer;

import dev.kintsugi.healer.cluster.Observer;
import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.journal.Journal;
import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.Step;
import dev.kintsugi.healer.policy.Assessment;
import dev.kintsugi.healer.policy.Circumstances;
import dev.kintsugi.healer.policy.Diagnoser;
import dev.kintsugi.healer.policy.Planner;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Sends made-up events down the path that real ones will take, without any effect, so that the first is not slow. */
final class WarmUp {

    private static final int ROUNDS = 100;

    private static final String EVENT = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"made-up","namespace":"made-up","uid":"made-up",
             "creationTimestamp":"%1$s","labels":{"app":"made-up"},"ownerReferences":[{"apiVersion":"apps/v1",
             "kind":"ReplicaSet","name":"made-up","uid":"made-up","controller":true}]},
             "spec":{"nodeName":"made-up","containers":[{"name":"app","image":"made-up",
             "readinessProbe":{"httpGet":{"path":"/ready","port":8080}}}]},
             "status":{"phase":"Running","podIP":"192.0.2.1","conditions":[{"type":"Ready","status":"False",
             "lastTransitionTime":"%1$s"}],"containerStatuses":[{"name":"app","ready":false,"restartCount":0,
             "state":{"running":{"startedAt":"%1$s"}}}]}}""";

    private WarmUp() {}

    /** Takes about a tenth of a second of CPU. */
    static void run(KubernetesSerialization serialization, Instant now) {
        Diagnoser diagnoser = new Diagnoser(HealerConfig.DEFAULTS);
        Planner planner = new Planner(HealerConfig.DEFAULTS);
        String event = EVENT.formatted(now.minus(Duration.ofHours(1)));
        for (int round = 0; round < ROUNDS; round++) {
            PodState pod = Observer.read(serialization, event, now);
            Observation seen =
                    new Observation(now, pod.ref(), pod, null, true, List.of(), Map.of(), Set.of(), List.of(), null);
            Diagnoser.Finding finding = diagnoser.diagnose(seen, now);
            Diagnosis diagnosis = Objects.requireNonNull(finding.diagnosis(), "the made-up pod is ill");
            Step acting = planner.step(null, new Assessment(seen, finding, Circumstances.QUIET), now);
            Incident incident = Objects.requireNonNull(acting.incident(), diagnosis::evidence);
            Step answered = planner.answer(incident, Attempt.Result.DONE, "");
            serialization.asJson(Journal.resource(Objects.requireNonNull(answered.incident())));
        }
    }
}
