package dev.kintsugi.features.cluster;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a cluster can do.
 *
 * @param missing what it cannot do, and why not
 */
public record Capabilities(Map<Capability, String> missing) {

    /** Nothing is missing. */
    public static final Capabilities ALL = new Capabilities(Map.of());

    public Capabilities {
        missing = Map.copyOf(missing);
    }

    /** The same without one more. */
    public Capabilities without(Capability capability, String why) {
        Map<Capability, String> more = new EnumMap<>(Capability.class);
        more.putAll(missing);
        more.putIfAbsent(capability, why);
        return new Capabilities(more);
    }

    public boolean has(Capability capability) {
        return !missing.containsKey(capability);
    }

    /** Why a scenario with these tags cannot run here: the first thing that is missing; empty when it can. */
    public Optional<String> obstacle(Collection<String> tags) {
        return Stream.of(Capability.values())
                .filter(capability -> tags.contains(capability.tag()) && !has(capability))
                .map(this::lack)
                .findFirst();
    }

    /** For a person: that a missing capability is needed, and why it is not there. */
    public String lack(Capability capability) {
        return "needs " + capability.text() + ": " + missing.getOrDefault(capability, "it is there");
    }

    /** The tags that look like a need and are none, such as misspelt ones: they would be passed over in silence. */
    public static Stream<String> unknown(Collection<String> tags) {
        return tags.stream()
                .filter(tag -> tag.startsWith(Capability.TAG_PREFIX))
                .filter(tag -> Stream.of(Capability.values())
                        .noneMatch(capability -> capability.tag().equals(tag)));
    }
}
