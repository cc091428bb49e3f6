package dev.kintsugi.healer.journal;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An incident as it stands in the cluster: {@code kubectl get recoveries}. Times are RFC 3339 with microseconds. */
@Group("kintsugi.dev")
@Version("v1alpha1")
@Kind("Recovery")
@Singular("recovery")
@Plural("recoveries")
@ShortNames("rec")
public final class Recovery extends CustomResource<Recovery.Spec, Recovery.Status> implements Namespaced {

    private static final long serialVersionUID = 1L;

    /** What was wrong with what, as found; never changes. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Spec(
            Target target,
            @Nullable Target workload,
            String cause,
            String evidence,
            @Nullable String onset,
            int occurrence,
            int ordinal,
            @Nullable String deadline)
            implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    /** One object. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Target(
            String apiVersion, String kind, @Nullable String namespace, String name, String uid)
            implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    /** What has become of it. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Status(
            String phase,
            @Nullable String action,
            @Nullable List<AttemptRecord> attempts,
            @Nullable List<String> refusals,
            String detectedAt,
            @Nullable String actedAt,
            @Nullable String closedAt,
            @Nullable String took,
            @Nullable VerificationRecord verification,
            @Nullable String message,
            int occurrence)
            implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    /** One attempt. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record AttemptRecord(
            String action,
            Target target,
            String at,
            String result,
            @Nullable String message,
            @Nullable String rung) implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    /** The four steps: Passed, Failed or NotRun. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record VerificationRecord(String status, String connectivity, String performance, String dependencies)
            implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    @Override
    @SuppressWarnings("NullAway") // absent until read or set; the base class allows it
    protected Spec initSpec() {
        return null;
    }

    @Override
    @SuppressWarnings("NullAway") // absent until read or set; the base class allows it
    protected Status initStatus() {
        return null;
    }
}
