package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Attempt;
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
 * What the healer's own actions have come to, by name, and which of them it no longer trusts. Immutable.
 *
 * @param outcomes of each action the latest, oldest first
 * @param lost the actions that have fallen below the floor; they stay here until somebody resets them
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
     * What came of an action.
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
     * What is known after one more incident has closed. Every action of it that may have happened and was followed by
     * another, or by giving up, did not help; the last one before it was healed did. An action whose share of successes
     * among its latest {@value #REMEMBERED} falls below {@code success_floor}, judged by no fewer than
     * {@code success_sample}, is no longer trusted.
     */
    public Trust after(Incident closed, HealerConfig config) {
        Instant at = Objects.requireNonNull(closed.closedAt(), "closed");
        List<Attempt> acted = closed.attempts().stream()
                .filter(Attempt::mayHaveActed)
                .filter(attempt -> !CONTAINING.contains(attempt.action()))
                .toList();
        Trust trust = this;
        for (int i = 0; i < acted.size(); i++) {
            boolean helped = closed.phase() == Phase.HEALED && i == acted.size() - 1;
            trust = trust.with(acted.get(i).action(), new Outcome(at, helped), config);
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

    private Trust with(String action, Outcome outcome, HealerConfig config) {
        if (outcome.at.isBefore(config.trustSince())) {
            return this;
        }
        List<Outcome> all = new ArrayList<>(outcomes.getOrDefault(action, List.of()));
        all.add(outcome);
        List<Outcome> latest = List.copyOf(all.subList(Math.max(0, all.size() - REMEMBERED), all.size()));
        Map<String, List<Outcome>> more = new HashMap<>(outcomes);
        more.put(action, latest);
        Set<String> nowLost = new HashSet<>(lost);
        boolean enough = latest.size() >= config.successSample();
        if (enough && 100L * helped(latest) < (long) config.successFloor() * latest.size()) {
            nowLost.add(action);
        }
        return new Trust(more, nowLost);
    }

    /** Whether an action may be taken without asking. */
    boolean in(String action) {
        return !lost.contains(action);
    }

    /** For people: how an action has fared. */
    String record(String action) {
        List<Outcome> latest = outcomes.getOrDefault(action, List.of());
        return "%d of its last %d were verified good".formatted(helped(latest), latest.size());
    }

    private static long helped(List<Outcome> outcomes) {
        return outcomes.stream().filter(Outcome::helped).count();
    }
}
