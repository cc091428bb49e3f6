package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.ObjectRef;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What else is going on: the other incidents, as far as the guards need to know.
 *
 * @param unverified how many of them have been acted on and not been verified yet
 * @param past their actions
 * @param prevalence how common illness is
 * @param trust how far the actions' outcomes so far allow to trust them
 */
public record Circumstances(int unverified, List<PastAction> past, Prevalence prevalence, Trust trust) {

    /** Nothing else is going on. */
    public static final Circumstances QUIET = new Circumstances(0, List.of());

    /** Makes the list unmodifiable. */
    public Circumstances {
        past = List.copyOf(past);
    }

    Circumstances(int unverified, List<PastAction> past) {
        this(unverified, past, Prevalence.NONE, Trust.NEW);
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

    /**
     * The same with how common illness is.
     *
     * @param all every incident, open and closed
     * @param pods how many pods there are in a namespace; in the cluster, for the empty name
     */
    public Circumstances among(Collection<Incident> all, String namespace, ToIntFunction<String> pods) {
        int here = 0;
        int ill = 0;
        for (Incident incident : all) {
            if (!incident.closed()) {
                ill++;
                here += incident.target().namespace().equals(namespace) ? 1 : 0;
            }
        }
        return new Circumstances(
                unverified, past, new Prevalence(here, pods.applyAsInt(namespace), ill, pods.applyAsInt("")), trust);
    }

    /** The same with what is known of the actions' outcomes. */
    public Circumstances trusting(Trust known) {
        return new Circumstances(unverified, past, prevalence, known);
    }
}
