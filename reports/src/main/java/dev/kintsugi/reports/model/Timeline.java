package dev.kintsugi.reports.model;

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The marks of one scenario: at most one of each name, in the order of {@link MarkName}. Immutable. */
public final class Timeline {

    private final Map<MarkName, Mark> marks = new EnumMap<>(MarkName.class);

    /**
     * Puts the marks in order.
     *
     * @throws IllegalArgumentException when two marks have one name
     */
    public Timeline(Collection<Mark> marks) {
        for (Mark mark : marks) {
            if (this.marks.putIfAbsent(mark.name(), mark) != null) {
                throw new IllegalArgumentException("marks has " + mark.name() + " twice, must have it at most once");
            }
        }
    }

    public List<Mark> marks() {
        return List.copyOf(marks.values());
    }

    public Optional<Mark> find(MarkName name) {
        return Optional.ofNullable(marks.get(name));
    }

    /** Recovery lasts from {@code injected} to {@code firstGood}; without both there is none. */
    public Optional<Recovery> recovery() {
        return until(MarkName.FIRST_GOOD);
    }

    /**
     * How long it took from {@code injected} to another mark; nothing without both.
     *
     * <p>Both are intervals, so the difference is one: at most from the earliest injection (the instant at which it was
     * requested, zero) to the latest of the other; at least from the latest injection to the earliest of the other, and never
     * below zero.
     */
    public Optional<Recovery> until(MarkName name) {
        Mark injected = marks.get(MarkName.INJECTED);
        Mark other = marks.get(name);
        if (injected == null || other == null) {
            return Optional.empty();
        }
        double longest = Math.max(0, other.atMillis() - injected.earliestMillis());
        double shortest = Math.max(0, other.earliestMillis() - injected.atMillis());
        return Optional.of(
                new Recovery(Require.millis(longest, "millis"), Require.millis(longest - shortest, "bound")));
    }
}
