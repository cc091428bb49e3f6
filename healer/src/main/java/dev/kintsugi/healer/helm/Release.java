package dev.kintsugi.healer.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One revision of a Helm release. Immutable; what Helm wrote and we do not know of is kept. */
public final class Release {

    private static final int MAX_VERSION = 1_000_000_000;
    private static final int MAX_YEAR = 9999;

    private final ObjectNode json;
    private final Instant lastDeployed;

    private Release(ObjectNode json, Instant lastDeployed) {
        this.json = json;
        this.lastDeployed = lastDeployed;
    }

    static Release of(String secret, ObjectNode json) throws UnreadableReleaseException {
        require(secret, json.path("name").isTextual(), "name");
        require(secret, json.path("namespace").isTextual(), "namespace");
        JsonNode version = json.path("version");
        require(secret, version.isInt() && version.asInt() > 0 && version.asInt() < MAX_VERSION, "version");
        require(secret, json.path("info").path("status").isTextual(), "info.status");
        JsonNode manifest = json.path("manifest");
        require(secret, manifest.isTextual() || manifest.isMissingNode(), "manifest");
        JsonNode hooks = json.path("hooks");
        require(secret, hooks.isArray() || hooks.isMissingNode() || hooks.isNull(), "hooks");
        for (JsonNode hook : hooks) {
            require(secret, hook.isObject(), "hooks");
        }
        String deployed = json.path("info").path("last_deployed").asText();
        return new Release(json, time(secret, deployed));
    }

    private static Instant time(String secret, String text) throws UnreadableReleaseException {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            if (time.getYear() >= 0 && time.getYear() <= MAX_YEAR) {
                return time.toInstant();
            }
        } catch (DateTimeException e) {
            // told below
        }
        throw new UnreadableReleaseException(secret, "info.last_deployed is no time: \"" + clip(text) + "\"");
    }

    private static void require(String secret, boolean holds, String field) throws UnreadableReleaseException {
        if (!holds) {
            throw new UnreadableReleaseException(secret, field + " is missing or of the wrong type");
        }
    }

    private static String clip(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }

    /**
     * What a rollback begins with ({@code action.Rollback.prepareRollback} of Helm 3): the next revision, with everything of the
     * target but its own time, number and status.
     */
    public static Release rollback(Release current, Release target, Instant now) {
        ObjectNode json = target.json.deepCopy();
        ObjectNode info = json.putObject("info");
        info.set("first_deployed", current.json.path("info").path("first_deployed"));
        info.put("last_deployed", now.toString());
        info.put("deleted", "");
        info.put("description", "Rollback to " + target.version());
        info.put("status", ReleaseStatus.PENDING_ROLLBACK.toString());
        JsonNode notes = target.json.path("info").path("notes");
        if (!notes.isMissingNode()) {
            info.set("notes", notes);
        }
        json.put("version", current.version() + 1);
        json.put("namespace", current.namespace());
        return new Release(json, now);
    }

    /** The same with another status; the description stays. */
    public Release with(ReleaseStatus status) {
        return with(status, description());
    }

    /** The same with another status and description. */
    public Release with(ReleaseStatus status, String description) {
        ObjectNode changed = json.deepCopy();
        ((ObjectNode) changed.path("info")).put("status", status.toString()).put("description", description);
        return new Release(changed, lastDeployed);
    }

    /**
     * The same with the last run of a hook.
     *
     * @param phase Running, Succeeded, Failed or Unknown
     * @param completed null while it runs
     */
    public Release withRun(Hook hook, String phase, Instant started, @Nullable Instant completed) {
        ObjectNode changed = json.deepCopy();
        ObjectNode stored = (ObjectNode) changed.path("hooks").get(hook.index());
        stored.putObject("last_run")
                .put("started_at", started.toString())
                .put("completed_at", completed == null ? "" : completed.toString())
                .put("phase", phase);
        if (stored.path("delete_policies").isEmpty()) {
            stored.putArray("delete_policies").add(Hook.BEFORE_CREATION);
        }
        return new Release(changed, lastDeployed);
    }

    public String name() {
        return json.path("name").asText();
    }

    public String namespace() {
        return json.path("namespace").asText();
    }

    /** The revision, from 1. */
    public int version() {
        return json.path("version").asInt();
    }

    /** What became of it. */
    public ReleaseStatus status() {
        return ReleaseStatus.of(json.path("info").path("status").asText());
    }

    /** Helm's words on how it ended, or the user's. */
    public String description() {
        return json.path("info").path("description").asText();
    }

    /** When the operation that made this revision began. */
    public Instant lastDeployed() {
        return lastDeployed;
    }

    /** The objects, as YAML documents; hooks are not among them. */
    public String manifest() {
        return json.path("manifest").asText();
    }

    /** Whether Helm 4 wrote it by server-side apply, with which patches of the client's making do not go together. */
    public boolean appliedByServer() {
        return json.path("apply_method").asText().equals("ssa");
    }

    /** In the order in which the chart renders them. */
    public List<Hook> hooks() {
        List<Hook> hooks = new ArrayList<>();
        JsonNode stored = json.path("hooks");
        for (int i = 0; i < stored.size(); i++) {
            hooks.add(Hook.of(i, stored.get(i)));
        }
        return List.copyOf(hooks);
    }

    /** What is written into the Secret. */
    public ObjectNode json() {
        return json.deepCopy();
    }

    @Override
    public String toString() {
        return "release " + namespace() + "/" + name() + " revision " + version();
    }
}
