package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.ObjectRef;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What else is going on: the other incidents, as far as the guards need to know.
 *
 * @param unverified how many of them have been acted on and not been verified yet
 * @param past their actions
 */
public record Circumstances(int unverified, List<PastAction> past) {

    /** Nothing else is going on. */
    public static final Circumstances QUIET = new Circumstances(0, List.of());

    /** Makes the list unmodifiable. */
    public Circumstances {
        past = List.copyOf(past);
    }

    /** An action of another incident. */
    record PastAction(ObjectRef on, @Nullable ObjectRef workload, Instant at) {}

    /** The circumstances of one incident among all, open and closed. */
    public static Circumstances of(Collection<Incident> all, @Nullable Incident except) {
        List<Incident> others = all.stream()
                .filter(i -> except == null || !i.id().equals(except.id()))
                .toList();
        List<PastAction> past = others.stream()
                .flatMap(i -> i.attempts().stream()
                        .filter(a -> a.mayHaveActed() || a.result() == Attempt.Result.PLANNED)
                        .map(a -> new PastAction(a.on(), i.workload(), a.at())))
                .toList();
        return new Circumstances(
                (int) others.stream().filter(Incident::unverified).count(), past);
    }
}
