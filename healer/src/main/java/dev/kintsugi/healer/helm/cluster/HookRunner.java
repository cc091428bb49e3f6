package dev.kintsugi.healer.helm.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.healer.helm.Hook;
import dev.kintsugi.healer.helm.MalformedManifestException;
import dev.kintsugi.healer.helm.cluster.RollbackFailure.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Runs the hooks of an event one after the other ({@code action.execHook} of Helm 3): the object of the run before is deleted if
 * the policy says so, the run is written into the release, the object is made, and it is waited for its end.
 */
final class HookRunner {

    private final KubeApi api;
    private final Await await;
    private final PendingRelease pending;
    private final Pace pace;

    HookRunner(KubeApi api, Await await, PendingRelease pending, Pace pace) {
        this.api = api;
        this.await = await;
        this.pending = pending;
        this.pace = pace;
    }

    /** A hook that does not succeed ends the rollback. */
    void run(String event) throws RollbackFailure, ApiProblem, CutOff {
        List<Hook> hooks = new ArrayList<>(Hook.of(pending.release(), event));
        for (Hook hook : hooks) {
            List<Located> objects = located(hook);
            delete(hook, objects, Hook.BEFORE_CREATION);
            Instant started = pace.now();
            pending.remember(pending.release().withRun(hook, "Running", started, null));
            pending.save();
            try {
                create(event, hook, objects);
                for (Located object : objects) {
                    awaitEnd(event, object);
                }
            } catch (RollbackFailure failure) {
                pending.remember(pending.release().withRun(hook, "Failed", started, pace.now()));
                delete(hook, objects, Hook.FAILED);
                throw failure;
            }
            pending.remember(pending.release().withRun(hook, "Succeeded", started, pace.now()));
        }
        Collections.reverse(hooks);
        for (Hook hook : hooks) {
            delete(hook, located(hook), Hook.SUCCEEDED);
        }
    }

    private List<Located> located(Hook hook) throws RollbackFailure, ApiProblem {
        try {
            return Located.in(hook.manifest(), pending.release().namespace(), api);
        } catch (MalformedManifestException e) {
            throw new RollbackFailure(Stage.HOOK, "hook " + hook.path() + ": " + e.getMessage());
        }
    }

    private void create(String event, Hook hook, List<Located> objects) throws RollbackFailure, CutOff {
        for (Located one : objects) {
            try {
                api.create(one.collection(), one.object().body());
            } catch (ApiProblem e) {
                throw new RollbackFailure(
                        Stage.HOOK, "warning: Hook %s %s failed: %s".formatted(event, hook.path(), e.getMessage()));
            }
        }
    }

    private void awaitEnd(String event, Located one) throws RollbackFailure, CutOff {
        boolean ended = await.until(() -> {
            Optional<ObjectNode> live = api.find(one.path());
            if (live.isEmpty()) {
                throw failed(
                        event,
                        one.object().kind().toLowerCase(Locale.ROOT) + " "
                                + one.object().name() + " was deleted");
            }
            return hasSucceeded(event, one, live.get());
        });
        if (!ended) {
            throw failed(event, Await.TIMED_OUT);
        }
    }

    /** Jobs and pods run to an end; anything else is done when it exists. */
    private static boolean hasSucceeded(String event, Located one, ObjectNode live) throws RollbackFailure {
        JsonNode status = live.path("status");
        switch (one.object().kind()) {
            case "Job" -> {
                for (JsonNode condition : status.path("conditions")) {
                    if (condition.path("status").asText().equals("True")) {
                        switch (condition.path("type").asText()) {
                            case "Complete" -> {
                                return true;
                            }
                            case "Failed" ->
                                throw failed(
                                        event,
                                        "job %s failed: %s"
                                                .formatted(
                                                        one.object().name(),
                                                        condition.path("reason").asText()));
                            default -> {}
                        }
                    }
                }
                return false;
            }
            case "Pod" -> {
                String phase = status.path("phase").asText();
                if (phase.equals("Failed")) {
                    throw failed(event, "pod %s failed".formatted(one.object().name()));
                }
                return phase.equals("Succeeded");
            }
            default -> {
                return true;
            }
        }
    }

    /** In the words of Helm's upgrades. */
    private static RollbackFailure failed(String event, String what) {
        return new RollbackFailure(Stage.HOOK, "%s hooks failed: 1 error occurred:\n\t* %s\n\n".formatted(event, what));
    }

    /** Deletes the objects of a hook whose policy says so, and waits until they are gone. Definitions of kinds always stay. */
    private void delete(Hook hook, List<Located> objects, String policy) throws RollbackFailure, ApiProblem, CutOff {
        if (hook.kind().equals("CustomResourceDefinition")
                || !hook.deletePolicies().contains(policy)) {
            return;
        }
        for (Located one : objects) {
            Optional<ObjectNode> live = api.find(one.path());
            if (live.isPresent()) {
                String uid = live.get().path("metadata").path("uid").asText();
                api.delete(one.path(), uid);
                if (!await.until(() -> isGone(one, uid))) {
                    throw new RollbackFailure(Stage.HOOK, one.object() + " could not be deleted: " + Await.TIMED_OUT);
                }
            }
        }
    }

    private boolean isGone(Located one, String uid) throws ApiProblem {
        return api.find(one.path())
                .map(live -> !live.path("metadata").path("uid").asText().equals(uid))
                .orElse(true);
    }
}
