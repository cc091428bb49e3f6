package dev.kintsugi.chaos.guard;

import dev.kintsugi.chaos.manifest.Part;
import dev.kintsugi.chaos.mesh.Tree;
import java.util.List;

/**
 * What one selector of a fault aims at.
 *
 * @param field of the pod selector within the fault's spec: empty, or {@code target} for the other end of a network fault
 * @param matching the pods that it matches and that are alive, in the order in which victims are drawn
 * @param victims those that are hit; where Chaos Mesh chooses anew at each run, one choice of as many as can be hit at most
 * @param pinned whether exactly these are hit
 */
public record Aim(Part part, String field, List<Member> matching, List<Member> victims, boolean pinned) {

    public Aim {
        matching = List.copyOf(matching);
        victims = List.copyOf(victims);
    }

    /** The pods here are broken; those at the other end of a network fault only lose the traffic with them. */
    public boolean isBroken() {
        return field.isEmpty();
    }

    /** Where the pod selector is written: it has {@code selector}, {@code mode} and {@code value}. */
    public String path() {
        return field.isEmpty() ? part.path() : part.path(field);
    }

    Tree podSelector() {
        return field.isEmpty() ? part.spec() : part.spec().at(field);
    }
}
