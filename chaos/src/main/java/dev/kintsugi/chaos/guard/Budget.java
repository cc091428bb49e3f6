package dev.kintsugi.chaos.guard;

import java.util.Collection;
import java.util.Set;

/**
 * A PodDisruptionBudget.
 *
 * @param pods names of the pods it covers
 * @param allowed how many of them may be disrupted now ({@code status.disruptionsAllowed})
 */
public record Budget(String namespace, String name, Set<String> pods, int allowed) {

    public Budget {
        pods = Set.copyOf(pods);
    }

    /** How many of these pods it covers. */
    public int covered(Collection<Member> members) {
        return (int) members.stream()
                .filter(member -> member.pod().namespace().equals(namespace)
                        && pods.contains(member.pod().name()))
                .count();
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
