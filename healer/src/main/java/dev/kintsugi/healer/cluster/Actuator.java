package dev.kintsugi.healer.cluster;

import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.ObjectRef;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Does things to the cluster: each once, without a retry, with the target's UID as precondition and with a deadline.
 * What comes back is an answer, never an exception: a failed action is an input to the next step.
 *
 * <p>The requests are composed here, for the client's own calls know neither a UID as precondition of a delete nor a
 * deadline for raw requests.
 */
public final class Actuator implements Action.Visitor<Actuator.Answer> {

    private static final int OK = 200;
    private static final int REDIRECTION = 300;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final String JSON = "application/json";
    private static final String JSON_PATCH = "application/json-patch+json";
    private static final String MERGE_PATCH = "application/merge-patch+json";

    private final HttpClient http;
    private final KubernetesSerialization serialization;
    private final String server;
    private final Duration deadline;

    /**
     * Acts through a client.
     *
     * @param client must not retry by itself (requestRetryBackoffLimit 0), or a refused eviction takes 19 s
     * @param deadline of each request; of one that is not answered by then nobody knows whether it happened
     */
    public Actuator(KubernetesClient client, Duration deadline) {
        this.http = client.getHttpClient();
        this.serialization = client.getKubernetesSerialization();
        String url = client.getMasterUrl().toString();
        this.server = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        this.deadline = deadline;
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
        return send("DELETE", path(action.on()), JSON, options, action.on());
    }

    @Override
    public Answer evict(Action.Evict action) {
        return send("POST", path(action.on()) + "/eviction", JSON, eviction(action.on()), action.on());
    }

    private static Object eviction(ObjectRef pod) {
        return new EvictionBuilder()
                .withNewMetadata()
                .withNamespace(pod.namespace())
                .withName(pod.name())
                .endMetadata()
                .withDeleteOptions(preconditions(pod))
                .build();
    }

    /** The UID stands in the patch: the API server refuses to change it, so another object of that name stays untouched. */
    @Override
    public Answer rollingRestart(Action.RollingRestart action) {
        Map<String, Object> template = Map.of(
                "metadata",
                Map.of("annotations", Map.of(Workloads.RESTARTED_AT, action.at().toString())));
        Object patch = Map.of("metadata", Map.of("uid", action.on().uid()), "spec", Map.of("template", template));
        return send("PATCH", path(action.on()), MERGE_PATCH, patch, action.on());
    }

    /**
     * As {@code kubectl rollout undo} does it: the whole pod template of the revision takes the place of the workload's,
     * without the label that tells a ReplicaSet's pods apart. What the patch tests, UID and all, must hold or nothing
     * happens.
     */
    @Override
    public Answer rollBack(Action.RollBack action) {
        Exchange read = exchange("GET", path(action.to()), JSON, null);
        if (read.unanswered != null || read.code != OK) {
            return new Answer(
                    Attempt.Result.FAILED,
                    action.to() + " cannot be read: "
                            + (read.unanswered == null
                                    ? read.code + " " + message(read.body)
                                    : read.unanswered.message));
        }
        Map<?, ?> template = template(serialization.unmarshal(read.body, Map.class), action.to());
        if (template == null) {
            return new Answer(Attempt.Result.FAILED, action.to() + " is another one by now, or holds no pod template");
        }
        List<Object> patch = List.of(
                Map.of(
                        "op",
                        "test",
                        "path",
                        "/metadata/uid",
                        "value",
                        action.on().uid()),
                Map.of("op", "replace", "path", "/spec/template", "value", template));
        return send("PATCH", path(action.on()), JSON_PATCH, patch, action.on());
    }

    /** As {@code kubectl cordon}, with the healer's mark. */
    @Override
    public Answer cordon(Action.Cordon action) {
        return send(
                "PATCH",
                path(action.on()),
                MERGE_PATCH,
                cordon(action.on(), true, action.at().toString()),
                action.on());
    }

    @Override
    public Answer uncordon(Action.Uncordon action) {
        return send("PATCH", path(action.on()), MERGE_PATCH, cordon(action.on(), null, null), action.on());
    }

    /** All evictions are sent at once; done is only when each was accepted, or its pod is gone. */
    @Override
    public Answer drain(Action.Drain action) {
        List<CompletableFuture<HttpResponse<String>>> sent = action.pods().stream()
                .map(pod -> begin("POST", path(pod) + "/eviction", JSON, eviction(pod)))
                .toList();
        List<String> refused = new ArrayList<>();
        Attempt.Result worst = Attempt.Result.DONE;
        for (int i = 0; i < sent.size(); i++) {
            Exchange exchange = finish(sent.get(i));
            ObjectRef pod = action.pods().get(i);
            Answer answer =
                    exchange.unanswered != null ? exchange.unanswered : answer(exchange.code, exchange.body, pod);
            if (answer.result() == Attempt.Result.FAILED || answer.result() == Attempt.Result.UNKNOWN) {
                refused.add(pod.namespace() + "/" + pod.name() + " " + answer.message());
                worst = worst == Attempt.Result.UNKNOWN ? worst : answer.result();
            }
        }
        String count = "%d of %d evicted".formatted(sent.size() - refused.size(), sent.size());
        return new Answer(worst, refused.isEmpty() ? count : count + "; " + String.join("; ", refused));
    }

    private static Object cordon(ObjectRef node, @Nullable Boolean unschedulable, @Nullable String mark) {
        Map<String, @Nullable Object> annotations = new HashMap<>();
        annotations.put(Reader.CORDONED, mark);
        Map<String, @Nullable Object> spec = new HashMap<>();
        spec.put("unschedulable", unschedulable);
        return Map.of("metadata", Map.of("uid", node.uid(), "annotations", annotations), "spec", spec);
    }

    /** Remembers on a revision that it was seen good everywhere. */
    public Answer markGood(ObjectRef revision, Instant at) {
        Object patch = Map.of(
                "metadata",
                Map.of(
                        "uid",
                        revision.uid(),
                        "annotations",
                        Map.of(Revisions.VERIFIED, Revisions.mark(revision.uid(), at))));
        return send("PATCH", path(revision), MERGE_PATCH, patch, revision);
    }

    /** A ReplicaSet's template is in its spec, a ControllerRevision's in a patch of the workload's spec. */
    private static @Nullable Map<?, ?> template(Map<?, ?> revision, ObjectRef expected) {
        Object uid = at(revision, "metadata", "uid");
        Map<?, ?> holder = revision.get("data") instanceof Map<?, ?> data ? data : revision;
        if (!expected.uid().equals(uid) || !(at(holder, "spec", "template") instanceof Map<?, ?> template)) {
            return null;
        }
        template.remove("$patch");
        if (at(template, "metadata", "labels") instanceof Map<?, ?> labels) {
            labels.remove("pod-template-hash");
        }
        return template;
    }

    private static @Nullable Object at(Map<?, ?> map, String outer, String inner) {
        return map.get(outer) instanceof Map<?, ?> nested ? nested.get(inner) : null;
    }

    private Answer send(String method, String path, String type, Object body, ObjectRef on) {
        Exchange sent = exchange(method, path, type, body);
        return sent.unanswered != null ? sent.unanswered : answer(sent.code, sent.body, on);
    }

    /** A request with its answer; without one, what that means. */
    private record Exchange(int code, String body, @Nullable Answer unanswered) {
        static Exchange unanswered(Attempt.Result result, String why) {
            return new Exchange(0, "", new Answer(result, why));
        }
    }

    private Exchange exchange(String method, String path, String type, @Nullable Object body) {
        return finish(begin(method, path, type, body));
    }

    private CompletableFuture<HttpResponse<String>> begin(
            String method, String path, String type, @Nullable Object body) {
        HttpRequest request = http.newHttpRequestBuilder()
                .uri(server + path)
                .method(method, type, body == null ? null : serialization.asJson(body))
                .timeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .build();
        return http.sendAsync(request, String.class);
    }

    private Exchange finish(CompletableFuture<HttpResponse<String>> sent) {
        try {
            HttpResponse<String> response = sent.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
            return new Exchange(response.code(), response.body(), null);
        } catch (TimeoutException e) {
            sent.cancel(true);
            return Exchange.unanswered(Attempt.Result.UNKNOWN, "no answer within " + deadline.toMillis() + " ms");
        } catch (ExecutionException e) {
            boolean mayHaveArrived = !(e.getCause() instanceof ConnectException);
            return Exchange.unanswered(
                    mayHaveArrived ? Attempt.Result.UNKNOWN : Attempt.Result.FAILED, String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Exchange.unanswered(Attempt.Result.UNKNOWN, "interrupted before the answer");
        }
    }

    private Answer answer(int code, String body, ObjectRef on) {
        if (code >= OK && code < REDIRECTION) {
            return new Answer(Attempt.Result.DONE, "");
        }
        String said = code + " " + message(body);
        return switch (code) {
            case NOT_FOUND -> new Answer(Attempt.Result.MOOT, on + " is gone already");
            case CONFLICT -> new Answer(Attempt.Result.MOOT, on + " is another one by now: " + said);
            case TOO_MANY_REQUESTS -> new Answer(Attempt.Result.FAILED, "not allowed now: " + said);
            default -> new Answer(Attempt.Result.FAILED, said);
        };
    }

    private String message(String body) {
        try {
            Object message = serialization.unmarshal(body, Map.class).get("message");
            return message == null ? "" : message.toString();
        } catch (RuntimeException e) {
            return body.length() <= 200 ? body : body.substring(0, 200);
        }
    }

    private static DeleteOptions preconditions(ObjectRef on) {
        return new DeleteOptionsBuilder()
                .withNewPreconditions()
                .withUid(on.uid())
                .endPreconditions()
                .build();
    }

    private static String path(ObjectRef on) {
        String api = on.apiVersion().contains("/") ? "/apis/" + on.apiVersion() : "/api/" + on.apiVersion();
        String scope = on.namespace().isEmpty() ? "" : "/namespaces/" + on.namespace();
        return "%s%s/%ss/%s".formatted(api, scope, on.kind().toLowerCase(Locale.ROOT), on.name());
    }
}
