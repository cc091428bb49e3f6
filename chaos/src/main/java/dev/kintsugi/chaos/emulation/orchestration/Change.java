package dev.kintsugi.chaos.emulation.orchestration;

import dev.kintsugi.chaos.mesh.Tree;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** One thing to do to the cluster. The changes of an outcome are done in order; one that fails ends them. */
public sealed interface Change {

    /** Write an Event about an object. */
    record Tell(Item.Ref about, Notice notice) implements Change {}

    /**
     * Create an object. The API server chooses its name.
     *
     * @param generateName what the name begins with
     * @param owner the object that it belongs to and that hears of it
     * @param finalizers that it is born with
     * @param created what is said with the name that it got
     * @param failed what is said with the reason that it could not be
     */
    record Create(
            Item owner,
            String kind,
            String generateName,
            Map<String, String> labels,
            List<String> finalizers,
            Map<String, Object> spec,
            Function<String, Notice> created,
            Function<String, Notice> failed)
            implements Change {}

    /**
     * Ask for an object to be deleted. One that is gone already is no error.
     *
     * @param owner who hears of it
     */
    record Delete(Item.Ref object, Item.Ref owner, Notice deleted, Function<String, Notice> failed) implements Change {}

    /** Set an annotation. */
    record Annotate(Item.Ref object, String key, String value) implements Change {}

    /**
     * Change the status of an object, whatever it is by then. A status that stays as it is is not written.
     *
     * @param edit must not change what it is given
     */
    record EditStatus(Item.Ref object, UnaryOperator<Map<String, Object>> edit) implements Change {}

    /** Look at a web page, then do what follows from that. */
    record Probe(HttpCheck check, Function<Probed, Outcome> then) implements Change {}

    /**
     * A request for a status check.
     *
     * @param spec {@code http} of the StatusCheck
     * @param timeoutSeconds at least 1
     */
    record HttpCheck(Tree spec, long timeoutSeconds) {}

    /**
     * What came of it.
     *
     * @param at when it was begun
     * @param statusCode of the answer; 0 when there was none
     * @param error why there was none
     */
    record Probed(Instant at, int statusCode, String error) {}
}
