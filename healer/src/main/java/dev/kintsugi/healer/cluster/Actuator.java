package dev.kintsugi.healer.cluster;

import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.ObjectRef;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.concurrent.Callable;

/**
 * Does things to the cluster: each once, without a retry of its own, with the target's UID as precondition. What comes
 * back is an answer, never an exception: a failed action is an input to the next step.
 */
public final class Actuator implements Action.Visitor<Actuator.Answer> {

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int TOO_MANY_REQUESTS = 429;

    private final KubernetesClient client;

    /**
     * Acts through a client.
     *
     * @param client must not retry by itself (requestRetryBackoffLimit 0), or a refused eviction takes 19 s
     */
    public Actuator(KubernetesClient client) {
        this.client = client;
    }

    /** What the API server said. */
    public record Answer(Attempt.Result result, String message) {}

    /** Does it. */
    public Answer execute(Action action) {
        return action.accept(this);
    }

    @Override
    public Answer deletePod(Action.DeletePod action) {
        DeleteOptions options = preconditions(action.on());
        if (action.force()) {
            options.setGracePeriodSeconds(0L);
        }
        return answered(action.on(), () -> client.raw(path(action.on()), "DELETE", options));
    }

    @Override
    public Answer evict(Action.Evict action) {
        ObjectRef pod = action.on();
        Object eviction = new EvictionBuilder()
                .withNewMetadata()
                .withNamespace(pod.namespace())
                .withName(pod.name())
                .endMetadata()
                .withDeleteOptions(preconditions(pod))
                .build();
        return answered(pod, () -> client.raw(path(pod) + "/eviction", "POST", eviction));
    }

    /** The UID stands in the patch: the API server refuses to change it, so another object of that name stays untouched. */
    @Override
    public Answer rollingRestart(Action.RollingRestart action) {
        ObjectRef on = action.on();
        String patch = """
                {"metadata":{"uid":"%s"},"spec":{"template":{"metadata":{"annotations":{"%s":"%s"}}}}}""".formatted(on.uid(), Workloads.RESTARTED_AT, action.at());
        PatchContext merge = PatchContext.of(PatchType.JSON_MERGE);
        return answered(on, () -> switch (on.kind()) {
            case "Deployment" ->
                client.resources(Deployment.class)
                        .inNamespace(on.namespace())
                        .withName(on.name())
                        .patch(merge, patch);
            case "StatefulSet" ->
                client.resources(StatefulSet.class)
                        .inNamespace(on.namespace())
                        .withName(on.name())
                        .patch(merge, patch);
            case "DaemonSet" ->
                client.resources(DaemonSet.class)
                        .inNamespace(on.namespace())
                        .withName(on.name())
                        .patch(merge, patch);
            default -> throw new IllegalArgumentException(on + " cannot be restarted by a rollout");
        });
    }

    private static Answer answered(ObjectRef on, Callable<?> call) {
        try {
            call.call();
            return new Answer(Attempt.Result.DONE, "");
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                case NOT_FOUND -> new Answer(Attempt.Result.MOOT, on + " is gone already");
                case CONFLICT -> new Answer(Attempt.Result.MOOT, on + " has been replaced or changed: " + said(e));
                case TOO_MANY_REQUESTS -> new Answer(Attempt.Result.FAILED, "not allowed now: " + said(e));
                default -> new Answer(Attempt.Result.FAILED, said(e));
            };
        } catch (Exception e) {
            return new Answer(Attempt.Result.FAILED, String.valueOf(e.getMessage()));
        }
    }

    private static String said(KubernetesClientException e) {
        return e.getStatus() != null && e.getStatus().getMessage() != null
                ? e.getStatus().getMessage()
                : String.valueOf(e.getMessage());
    }

    private static DeleteOptions preconditions(ObjectRef on) {
        return new DeleteOptionsBuilder()
                .withNewPreconditions()
                .withUid(on.uid())
                .endPreconditions()
                .build();
    }

    private static String path(ObjectRef pod) {
        return "/api/v1/namespaces/" + pod.namespace() + "/pods/" + pod.name();
    }
}
