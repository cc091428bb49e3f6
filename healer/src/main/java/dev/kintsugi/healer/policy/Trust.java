package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.Cause;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What the healer's remedies have come to, and which of them it no longer trusts. A remedy is an action against a cause, e.g.
 * {@code PodNotReady/DeletePod}. Immutable.
 *
 * @param outcomes of each remedy the latest, oldest first
 * @param lost the remedies that have fallen below the floor; they stay here until somebody resets them
 */
public record Trust(Map<String, List<Outcome>> outcomes, Set<String> lost) {

    /** Nothing done yet. */
    public static final Trust NEW = new Trust(Map.of(), Set.of());

    /** What is done to a node keeps harm from others and is not meant to heal it, so whether it does says nothing. */
    private static final Set<String> CONTAINING = Set.of("Cordon", "Drain", "Uncordon");

    private static final int REMEMBERED = 20;

    /** Makes the parts unmodifiable. */
    public Trust {
        outcomes = Map.copyOf(outcomes);
        lost = Set.copyOf(lost);
    }

    /**
     * What came of a remedy.
     *
     * @param at when its incident was closed
     * @param helped whether it was verified good after it
     */
    record Outcome(Instant at, boolean helped) {}

    /** What is known from incidents, of which the open ones do not count. */
    public static Trust of(Collection<Incident> incidents, HealerConfig config) {
        List<Incident> closed = incidents.stream()
                .filter(Incident::closed)
                .sorted(Comparator.comparing(i -> Objects.requireNonNullElse(i.closedAt(), Instant.EPOCH)))
                .toList();
        Trust trust = NEW;
        for (Incident incident : closed) {
            trust = trust.after(incident, config);
        }
        return trust;
    }

    /**
     * What is known after one more incident has closed: one outcome for each remedy in it that may have happened. The last
     * before it was healed helped; one that was followed by another, or by giving up, did not. A remedy whose share of
     * successes among its latest {@value #REMEMBERED} falls below {@code success_floor}, judged by no fewer than
     * {@code success_sample}, is no longer trusted.
     */
    public Trust after(Incident closed, HealerConfig config) {
        Instant at = Objects.requireNonNull(closed.closedAt(), "closed");
        List<String> acted = closed.attempts().stream()
                .filter(Attempt::mayHaveActed)
                .map(Attempt::action)
                .filter(action -> !CONTAINING.contains(action))
                .toList();
        Trust trust = this;
        for (String action : Set.copyOf(acted)) {
            boolean helped = closed.phase() == Phase.HEALED && action.equals(acted.get(acted.size() - 1));
            trust = trust.with(name(closed.cause(), action), new Outcome(at, helped), config);
        }
        return trust;
    }

    /**
     * The same judged anew by other settings. Outcomes from before {@code trust_since} are forgotten, so that setting it
     * to the present is how somebody resets.
     */
    public Trust judgedBy(HealerConfig config) {
        Trust anew = NEW;
        for (Map.Entry<String, List<Outcome>> of : outcomes.entrySet()) {
            for (Outcome outcome : of.getValue()) {
                anew = anew.with(of.getKey(), outcome, config);
            }
        }
        return anew;
    }

    private static String name(String cause, String action) {
        return cause + "/" + action;
    }

    private Trust with(String remedy, Outcome outcome, HealerConfig config) {
        if (outcome.at.isBefore(config.trustSince())) {
            return this;
        }
        List<Outcome> all = new ArrayList<>(outcomes.getOrDefault(remedy, List.of()));
        all.add(outcome);
        List<Outcome> latest = List.copyOf(all.subList(Math.max(0, all.size() - REMEMBERED), all.size()));
        Map<String, List<Outcome>> more = new HashMap<>(outcomes);
        more.put(remedy, latest);
        Set<String> nowLost = new HashSet<>(lost);
        boolean enough = latest.size() >= config.successSample();
        if (enough && 100L * helped(latest) < (long) config.successFloor() * latest.size()) {
            nowLost.add(remedy);
        }
        return new Trust(more, nowLost);
    }

    /** Whether an action may be taken against a cause without asking. */
    boolean in(Cause cause, String action) {
        return !lost.contains(name(cause.published(), action));
    }

    /** For people: how an action against a cause has fared. */
    String record(Cause cause, String action) {
        List<Outcome> latest = outcomes.getOrDefault(name(cause.published(), action), List.of());
        return "%d of its last %d were verified good".formatted(helped(latest), latest.size());
    }

    private static long helped(List<Outcome> outcomes) {
        return outcomes.stream().filter(Outcome::helped).count();
    }
}
