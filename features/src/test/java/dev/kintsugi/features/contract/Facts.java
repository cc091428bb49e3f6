package dev.kintsugi.features.contract;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kintsugi.features.contract.Recording.Change;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What of an object means something: conditions with status and reason, phases, states of containers, counts, owner, deletion, taints
 * and so on, each under a name of its own. Names, times, addresses, UIDs and texts for people are left out.
 */
final class Facts {

    /** Facts of this prefix are numbers, of which only the turning points are compared: how fast one counts is no rule. */
    static final String COUNT = "#";

    private static final Set<String> NOT_TOLD = Set.of(
            "startTime",
            "completionTime",
            "hostIP",
            "podIP",
            "podIPs",
            "currentRevision",
            "updateRevision",
            "capacity");

    private final Map<String, String> facts = new LinkedHashMap<>();
    private final JsonNode object;

    private Facts(JsonNode object) {
        this.object = object;
    }

    static Map<String, String> of(Change change) {
        Facts told = new Facts(change.object());
        told.metadata(change);
        switch (change.kind()) {
            case "Pod" -> told.pod();
            case "Node" -> told.node();
            case "EndpointSlice" -> told.fact("ports", told.ports());
            case "ConfigMap" -> told.fact("data", change.object().path("data").toString());
            case "Lease" -> told.lease();
            default -> told.status();
        }
        return told.facts;
    }

    private void fact(String name, String value) {
        facts.put(name, value);
    }

    private void count(String name, int value) {
        facts.put(COUNT + name, Integer.toString(value));
    }

    private void metadata(Change change) {
        JsonNode metadata = object.path("metadata");
        fact("exists", change.type().equals("DELETED") ? "deleted" : "yes");
        if (metadata.has("deletionTimestamp")) {
            fact(
                    "deletion",
                    "asked for, grace "
                            + metadata.path("deletionGracePeriodSeconds").asText());
        }
        if (!metadata.path("finalizers").isEmpty()) {
            fact("finalizers", texts(metadata.path("finalizers")).toString());
        }
        for (JsonNode owner : metadata.path("ownerReferences")) {
            fact(
                    "owner",
                    owner.path("kind").asText() + (owner.path("controller").asBoolean() ? ", controller" : ""));
        }
        String revision = metadata.path("annotations")
                .path("deployment.kubernetes.io/revision")
                .asText();
        if (!revision.isEmpty()) {
            fact("revision", revision);
        }
    }

    private void pod() {
        JsonNode status = object.path("status");
        fact("bound", object.at("/spec/nodeName").asText().isEmpty() ? "no" : "yes");
        fact("phase", status.path("phase").asText());
        fact("address", status.path("podIP").asText().isEmpty() ? "no" : "yes");
        if (status.has("reason")) {
            fact("reason", status.path("reason").asText());
        }
        fact("quality of service", status.path("qosClass").asText());
        conditions(status);
        containers("init container ", status.path("initContainerStatuses"));
        containers("container ", status.path("containerStatuses"));
    }

    /** A state and the restart count are one fact: the count goes up when the new container is told of. */
    private void containers(String prefix, JsonNode statuses) {
        for (JsonNode each : statuses) {
            String name = prefix + each.path("name").asText();
            String before = state(each.path("lastState"));
            fact(
                    name,
                    state(each.path("state")) + ", restarts "
                            + each.path("restartCount").asInt() + (before.isEmpty() ? "" : ", before " + before));
            fact(name + " ready", each.path("ready").asText());
            fact(name + " started", each.path("started").asText());
        }
    }

    private static String state(JsonNode state) {
        if (state.has("waiting")) {
            return "waiting " + state.at("/waiting/reason").asText();
        }
        if (state.has("terminated")) {
            return "terminated " + state.at("/terminated/reason").asText() + " "
                    + state.at("/terminated/exitCode").asText();
        }
        return state.has("running") ? "running" : "";
    }

    private void node() {
        fact("unschedulable", object.at("/spec/unschedulable").asText("false"));
        for (JsonNode taint : object.at("/spec/taints")) {
            fact(
                    "taint " + taint.path("key").asText() + ":"
                            + taint.path("effect").asText(),
                    "yes" + (taint.has("timeAdded") ? ", since a time" : ""));
        }
        conditions(object.path("status"));
    }

    private void lease() {
        fact("holder", object.at("/spec/holderIdentity").asText());
        fact("transitions", object.at("/spec/leaseTransitions").asText());
    }

    private String ports() {
        List<String> ports = new ArrayList<>();
        object.path("ports").forEach(port -> ports.add(port.path("port").asText()));
        return ports.toString();
    }

    /** The numbers, texts and conditions of any status, the generation and the wished number of replicas. */
    private void status() {
        JsonNode status = object.path("status");
        if (object.at("/spec/replicas").isNumber()) {
            count("wished", object.at("/spec/replicas").asInt());
        }
        if (object.at("/metadata/generation").isNumber()) {
            count("generation", object.at("/metadata/generation").asInt());
        }
        status.properties().forEach(field -> {
            JsonNode value = field.getValue();
            if (NOT_TOLD.contains(field.getKey()) || field.getKey().equals("conditions")) {
                return;
            }
            if (value.isNumber()) {
                count(field.getKey(), value.asInt());
            } else if (value.isContainerNode()) {
                count(
                        field.getKey(),
                        field.getKey().equals("uncountedTerminatedPods") ? uncounted(value) : value.size());
            } else {
                fact(field.getKey(), value.asText());
            }
        });
        conditions(status);
    }

    private static int uncounted(JsonNode pods) {
        return pods.path("succeeded").size() + pods.path("failed").size();
    }

    private void conditions(JsonNode status) {
        for (JsonNode condition : status.path("conditions")) {
            String reason = condition.path("reason").asText();
            fact(
                    "condition " + condition.path("type").asText(),
                    condition.path("status").asText() + (reason.isEmpty() ? "" : " " + reason));
        }
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(each.asText()));
        Collections.sort(texts);
        return texts;
    }
}
