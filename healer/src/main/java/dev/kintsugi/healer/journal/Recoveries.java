package dev.kintsugi.healer.journal;

import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.Phase;
import dev.kintsugi.healer.model.Verification;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Translates between incidents and {@link Recovery} resources; there and back nothing is lost but {@code goodSince}. */
final class Recoveries {

    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private Recoveries() {}

    static Recovery of(Incident incident) {
        Recovery recovery = new Recovery();
        recovery.setMetadata(new ObjectMetaBuilder()
                .withNamespace(namespace(incident))
                .withName(incident.id())
                .addToLabels("app.kubernetes.io/managed-by", "kintsugi-healer")
                .build());
        recovery.setSpec(new Recovery.Spec(
                target(incident.target()),
                incident.workload() == null ? null : target(incident.workload()),
                incident.cause(),
                incident.evidence(),
                time(incident.onset()),
                incident.occurrence(),
                incident.ordinal(),
                time(incident.deadline())));
        recovery.setStatus(status(incident));
        return recovery;
    }

    /** That of the target; for what has none, as a node, the one that Kubernetes' Events about it are in. */
    static String namespace(Incident incident) {
        String own = incident.target().namespace();
        return own.isEmpty() ? "default" : own;
    }

    static Recovery.Status status(Incident incident) {
        Attempt last = incident.lastAttempt();
        Verification shown = incident.verification();
        return new Recovery.Status(
                incident.phase().published(),
                last == null ? null : last.action(),
                incident.attempts().stream()
                        .map(a -> new Recovery.AttemptRecord(
                                a.action(), target(a.on()), time(a.at()), published(a.result()), a.message(), a.rung()))
                        .toList(),
                incident.refusals().stream().sorted().toList(),
                time(incident.detectedAt()),
                incident.actedAt() == null ? null : time(incident.actedAt()),
                incident.closedAt() == null ? null : time(incident.closedAt()),
                incident.took() == null ? null : seconds(incident.took()),
                new Recovery.VerificationRecord(
                        shown.status().published(),
                        shown.connectivity().published(),
                        shown.performance().published(),
                        shown.dependencies().published()),
                incident.detail(),
                incident.occurrence());
    }

    /**
     * The incident that a resource stands for. One without status was written by a healer that ended right then: it is
     * detected and no more.
     *
     * @throws RuntimeException if somebody else has written what no healer writes
     */
    static Incident incident(Recovery recovery) {
        Recovery.Spec spec = Objects.requireNonNull(recovery.getSpec(), "spec");
        Recovery.@Nullable Status status = recovery.getStatus();
        Instant created = Instant.parse(recovery.getMetadata().getCreationTimestamp());
        Instant detectedAt = status == null ? created : Instant.parse(status.detectedAt());
        return new Incident(
                recovery.getMetadata().getName(),
                ref(spec.target()),
                spec.workload() == null ? null : ref(spec.workload()),
                spec.cause(),
                spec.evidence(),
                spec.onset() == null ? detectedAt : Instant.parse(spec.onset()),
                Math.max(spec.occurrence(), status == null ? 0 : status.occurrence()),
                spec.ordinal(),
                detectedAt,
                spec.deadline() == null ? detectedAt : Instant.parse(spec.deadline()),
                status == null ? Phase.DETECTED : Phase.of(status.phase()),
                status == null || status.attempts() == null
                        ? List.of()
                        : status.attempts().stream().map(Recoveries::attempt).toList(),
                status == null || status.refusals() == null ? Set.of() : Set.copyOf(status.refusals()),
                null,
                status == null || status.verification() == null
                        ? Verification.NOT_RUN
                        : verification(status.verification()),
                status == null || status.closedAt() == null ? null : Instant.parse(status.closedAt()),
                status == null || status.message() == null ? "" : status.message());
    }

    private static Verification verification(Recovery.VerificationRecord shown) {
        return new Verification(
                Verification.Check.of(shown.status()),
                Verification.Check.of(shown.connectivity()),
                Verification.Check.of(shown.performance()),
                Verification.Check.of(shown.dependencies()));
    }

    private static Attempt attempt(Recovery.AttemptRecord attempt) {
        return new Attempt(
                attempt.action(),
                ref(attempt.target()),
                Instant.parse(attempt.at()),
                Attempt.Result.valueOf(attempt.result().toUpperCase(Locale.ROOT)),
                Objects.requireNonNullElse(attempt.message(), ""),
                Objects.requireNonNullElse(attempt.rung(), ""));
    }

    private static Recovery.Target target(ObjectRef ref) {
        return new Recovery.Target(ref.apiVersion(), ref.kind(), ref.namespace(), ref.name(), ref.uid());
    }

    private static ObjectRef ref(Recovery.Target target) {
        return new ObjectRef(
                target.apiVersion(),
                target.kind(),
                Objects.requireNonNullElse(target.namespace(), ""),
                target.name(),
                target.uid());
    }

    private static String published(Attempt.Result result) {
        return result.name().charAt(0) + result.name().substring(1).toLowerCase(Locale.ROOT);
    }

    private static String time(Instant at) {
        return MICROS.format(at);
    }

    private static String seconds(Duration took) {
        return BigDecimal.valueOf(took.toMillis(), 3).setScale(3, RoundingMode.HALF_UP) + "s";
    }
}
