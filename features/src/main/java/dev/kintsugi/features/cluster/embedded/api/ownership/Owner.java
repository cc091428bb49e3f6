package dev.kintsugi.features.cluster.embedded.api.ownership;

import java.util.Comparator;

/**
 * Who owns fields of an object.
 *
 * @param manager the name that the client gives itself
 * @param operation how it has come by its fields
 * @param apiVersion of the kind in which it wrote; two owners by update that differ in it are two
 * @param subresource through which it wrote; empty for the object itself
 */
public record Owner(String manager, Operation operation, String apiVersion, String subresource) {

    /** The two ways to own fields. */
    public enum Operation {
        /** By server-side apply: what is no longer applied is removed. */
        APPLY("Apply"),
        /** By any other write. */
        UPDATE("Update");

        private final String text;

        Operation(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    static final Comparator<Owner> ORDER = Comparator.comparing(Owner::manager)
            .thenComparing(Owner::apiVersion)
            .thenComparing(Owner::subresource);

    /** A client that says nothing is called unknown. */
    public Owner {
        if (manager.isEmpty()) {
            manager = "unknown";
        }
    }

    /** Whether both are one and the same; who applies may do so in another version each time. */
    boolean isSame(Owner other) {
        return manager.equals(other.manager)
                && operation == other.operation
                && subresource.equals(other.subresource)
                && (operation == Operation.APPLY || apiVersion.equals(other.apiVersion));
    }

    /** As the real server names the other side of a conflict. */
    String inConflict() {
        String text = "\"" + manager + "\"";
        if (!subresource.isEmpty()) {
            text += " with subresource \"" + subresource + "\"";
        }
        return operation == Operation.UPDATE ? text + " using " + apiVersion : text;
    }
}
