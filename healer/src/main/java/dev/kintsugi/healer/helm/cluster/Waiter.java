package dev.kintsugi.healer.helm.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.healer.helm.Readiness;
import dev.kintsugi.healer.helm.cluster.RollbackFailure.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Waits until the objects of a release are ready. */
final class Waiter {

    private final KubeApi api;
    private final Await await;

    Waiter(KubeApi api, Await await) {
        this.api = api;
        this.await = await;
    }

    void ready(List<Located> objects) throws RollbackFailure, CutOff {
        boolean ready = await.until(() -> {
            for (Located object : objects) {
                if (!isReady(object)) {
                    return false;
                }
            }
            return true;
        });
        if (!ready) {
            throw new RollbackFailure(Stage.WAIT, Await.TIMED_OUT);
        }
    }

    private boolean isReady(Located one) throws ApiProblem {
        Optional<ObjectNode> live = api.find(one.path());
        if (live.isEmpty()) {
            return false;
        }
        List<ObjectNode> replicaSets = new ArrayList<>();
        if (Readiness.needsReplicaSets(one.object())) {
            String collection = one.collection().replaceAll("/deployments$", "/replicasets");
            JsonNode labels = live.get().path("spec").path("selector").path("matchLabels");
            String selector = labels.properties().stream()
                    .map(label -> label.getKey() + "=" + label.getValue().asText())
                    .collect(Collectors.joining(","));
            StreamSupport.stream(api.list(collection, selector).path("items").spliterator(), false)
                    .map(ObjectNode.class::cast)
                    .forEach(replicaSets::add);
        }
        return Readiness.isReady(live.get(), replicaSets);
    }
}
