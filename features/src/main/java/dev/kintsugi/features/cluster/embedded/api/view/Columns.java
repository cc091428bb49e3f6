package dev.kintsugi.features.cluster.embedded.api.view;

import static dev.kintsugi.features.cluster.embedded.api.view.Cells.address;
import static dev.kintsugi.features.cluster.embedded.api.view.Cells.at;
import static dev.kintsugi.features.cluster.embedded.api.view.Cells.containers;
import static dev.kintsugi.features.cluster.embedded.api.view.Cells.count;
import static dev.kintsugi.features.cluster.embedded.api.view.Cells.eventTime;
import static dev.kintsugi.features.cluster.embedded.api.view.Cells.images;
import static dev.kintsugi.features.cluster.embedded.api.view.Cells.join;
import static dev.kintsugi.features.cluster.embedded.api.view.Cells.labels;
import static dev.kintsugi.features.cluster.embedded.api.view.Cells.object;
import static dev.kintsugi.features.cluster.embedded.api.view.Cells.or;
import static dev.kintsugi.features.cluster.embedded.api.view.Cells.selector;
import static dev.kintsugi.features.cluster.embedded.api.view.Column.age;
import static dev.kintsugi.features.cluster.embedded.api.view.Column.number;
import static dev.kintsugi.features.cluster.embedded.api.view.Column.objectName;
import static dev.kintsugi.features.cluster.embedded.api.view.Column.text;
import static dev.kintsugi.features.cluster.embedded.api.view.Column.wide;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Map;

/** The columns of the built-in kinds, as {@code pkg/printers/internalversion} of Kubernetes 1.28 has them. */
final class Columns {

    private static final String NONE = "<none>";
    private static final String TEMPLATE = "/spec/template/spec/containers";

    private static final Map<String, List<Column>> BY_STORAGE = Map.ofEntries(
            Map.entry("pods", pods()),
            Map.entry("deployments.apps", deployments()),
            Map.entry("replicasets.apps", replicaSets()),
            Map.entry("replicationcontrollers", replicaSets()),
            Map.entry("statefulsets.apps", statefulSets()),
            Map.entry("daemonsets.apps", daemonSets()),
            Map.entry("jobs.batch", jobs()),
            Map.entry("cronjobs.batch", cronJobs()),
            Map.entry("services", services()),
            Map.entry("nodes", nodes()),
            Map.entry("events", events()),
            Map.entry("namespaces", List.of(objectName(), text("Status", o -> at(o, "/status/phase")), age())),
            Map.entry(
                    "configmaps",
                    List.of(
                            objectName(),
                            number(
                                    "Data",
                                    o -> o.path("data").size()
                                            + (long) o.path("binaryData").size()),
                            age())),
            Map.entry(
                    "secrets",
                    List.of(
                            objectName(),
                            text("Type", o -> at(o, "/type")),
                            number("Data", o -> o.path("data").size()),
                            age())),
            Map.entry(
                    "serviceaccounts",
                    List.of(
                            objectName(),
                            number("Secrets", o -> o.path("secrets").size()),
                            age())),
            Map.entry("endpoints", List.of(objectName(), text("Endpoints", Cells::endpointAddresses), age())),
            Map.entry(
                    "endpointslices.discovery.k8s.io",
                    List.of(
                            objectName(),
                            text("AddressType", o -> at(o, "/addressType")),
                            text(
                                    "Ports",
                                    o -> join(
                                            o.path("ports"),
                                            port -> port.path("port").asText("*"),
                                            "<unset>")),
                            text("Endpoints", Cells::sliceAddresses),
                            age())),
            Map.entry(
                    "leases.coordination.k8s.io",
                    List.of(objectName(), text("Holder", o -> at(o, "/spec/holderIdentity")), age())),
            Map.entry(
                    "poddisruptionbudgets.policy",
                    List.of(
                            objectName(),
                            text("Min Available", o -> or(at(o, "/spec/minAvailable"), "N/A")),
                            text("Max Unavailable", o -> or(at(o, "/spec/maxUnavailable"), "N/A")),
                            number("Allowed Disruptions", o -> count(o, "/status/disruptionsAllowed")),
                            age())),
            Map.entry("horizontalpodautoscalers.autoscaling", autoscalers()),
            Map.entry(
                    "ingresses.networking.k8s.io",
                    List.of(
                            objectName(),
                            text("Class", o -> or(at(o, "/spec/ingressClassName"), NONE)),
                            text(
                                    "Hosts",
                                    o -> join(
                                            o.at("/spec/rules"),
                                            rule -> rule.path("host").asText("*"),
                                            "*")),
                            text(
                                    "Address",
                                    o -> join(
                                            o.at("/status/loadBalancer/ingress"),
                                            one -> one.path("ip").asText(),
                                            "")),
                            text("Ports", o -> o.path("spec").has("tls") ? "80, 443" : "80"),
                            age())),
            Map.entry(
                    "networkpolicies.networking.k8s.io",
                    List.of(objectName(), text("Pod-Selector", o -> selector(o, "/spec/podSelector")), age())),
            Map.entry(
                    "storageclasses.storage.k8s.io",
                    List.of(
                            objectName(),
                            text("Provisioner", o -> at(o, "/provisioner")),
                            text("ReclaimPolicy", o -> or(at(o, "/reclaimPolicy"), "Delete")),
                            text("VolumeBindingMode", o -> or(at(o, "/volumeBindingMode"), "Immediate")),
                            age())),
            Map.entry(
                    "priorityclasses.scheduling.k8s.io",
                    List.of(
                            objectName(),
                            number("Value", o -> count(o, "/value")),
                            text(
                                    "Global-Default",
                                    o -> Boolean.toString(
                                            o.path("globalDefault").asBoolean())),
                            age())),
            Map.entry(
                    "persistentvolumeclaims",
                    List.of(
                            objectName(),
                            text("Status", o -> at(o, "/status/phase")),
                            text("Volume", o -> at(o, "/spec/volumeName")),
                            text("Capacity", o -> at(o, "/status/capacity/storage")),
                            text("Access Modes", o -> join(o.at("/spec/accessModes"), JsonNode::asText, "")),
                            text("StorageClass", o -> at(o, "/spec/storageClassName")),
                            age())),
            Map.entry(
                    "controllerrevisions.apps",
                    List.of(
                            objectName(),
                            text(
                                    "Controller",
                                    o -> join(
                                            o.at("/metadata/ownerReferences"),
                                            owner -> owner.path("kind").asText() + "/"
                                                    + owner.path("name").asText(),
                                            NONE)),
                            number("Revision", o -> count(o, "/revision")),
                            age())),
            Map.entry("rolebindings.rbac.authorization.k8s.io", roleBindings()),
            Map.entry("clusterrolebindings.rbac.authorization.k8s.io", roleBindings()));

    /** What kinds show that have nothing of their own. */
    private static final List<Column> PLAIN = List.of(
            objectName(),
            new Column(
                    "Created At",
                    "string",
                    "",
                    0,
                    (o, now) -> JsonNodeFactory.instance.textNode(at(o, "/metadata/creationTimestamp"))));

    private Columns() {}

    static List<Column> of(String storage) {
        return BY_STORAGE.getOrDefault(storage, PLAIN);
    }

    private static List<Column> pods() {
        return List.of(
                objectName(),
                text("Ready", PodCells::ready),
                text("Status", PodCells::status),
                new Column(
                        "Restarts",
                        "string",
                        "",
                        0,
                        (o, now) -> JsonNodeFactory.instance.textNode(PodCells.restarts(o, now))),
                age(),
                wide("IP", o -> or(at(o, "/status/podIP"), NONE)),
                wide("Node", o -> or(at(o, "/spec/nodeName"), NONE)),
                wide("Nominated Node", o -> or(at(o, "/status/nominatedNodeName"), NONE)),
                wide("Readiness Gates", o -> NONE));
    }

    private static List<Column> deployments() {
        return List.of(
                objectName(),
                text("Ready", o -> count(o, "/status/readyReplicas") + "/" + count(o, "/spec/replicas")),
                countText("Up-to-date", "/status/updatedReplicas"),
                countText("Available", "/status/availableReplicas"),
                age(),
                wide("Containers", o -> containers(o, TEMPLATE)),
                wide("Images", o -> images(o, TEMPLATE)),
                wide("Selector", o -> selector(o, "/spec/selector")));
    }

    /** A number that the real server declares as text. */
    private static Column countText(String name, String pointer) {
        return new Column(name, "string", "", 0, (o, now) -> JsonNodeFactory.instance.numberNode(count(o, pointer)));
    }

    private static List<Column> replicaSets() {
        return List.of(
                objectName(),
                number("Desired", o -> count(o, "/spec/replicas")),
                number("Current", o -> count(o, "/status/replicas")),
                number("Ready", o -> count(o, "/status/readyReplicas")),
                age(),
                wide("Containers", o -> containers(o, TEMPLATE)),
                wide("Images", o -> images(o, TEMPLATE)),
                wide("Selector", o -> selector(o, "/spec/selector")));
    }

    private static List<Column> statefulSets() {
        return List.of(
                objectName(),
                text("Ready", o -> count(o, "/status/readyReplicas") + "/" + count(o, "/spec/replicas")),
                age(),
                wide("Containers", o -> containers(o, TEMPLATE)),
                wide("Images", o -> images(o, TEMPLATE)));
    }

    private static List<Column> daemonSets() {
        return List.of(
                objectName(),
                number("Desired", o -> count(o, "/status/desiredNumberScheduled")),
                number("Current", o -> count(o, "/status/currentNumberScheduled")),
                number("Ready", o -> count(o, "/status/numberReady")),
                number("Up-to-date", o -> count(o, "/status/updatedNumberScheduled")),
                number("Available", o -> count(o, "/status/numberAvailable")),
                text("Node Selector", o -> labels(o.at("/spec/template/spec/nodeSelector"))),
                age(),
                wide("Containers", o -> containers(o, TEMPLATE)),
                wide("Images", o -> images(o, TEMPLATE)),
                wide("Selector", o -> selector(o, "/spec/selector")));
    }

    private static List<Column> jobs() {
        return List.of(
                objectName(),
                text(
                        "Completions",
                        o -> count(o, "/status/succeeded") + "/"
                                + or(at(o, "/spec/completions"), "1 of " + or(at(o, "/spec/parallelism"), "1"))),
                new Column("Duration", "string", "", 0, Cells::jobDuration),
                age(),
                wide("Containers", o -> containers(o, TEMPLATE)),
                wide("Images", o -> images(o, TEMPLATE)),
                wide("Selector", o -> selector(o, "/spec/selector")));
    }

    private static List<Column> cronJobs() {
        return List.of(
                objectName(),
                text("Schedule", o -> at(o, "/spec/schedule")),
                text("Suspend", o -> o.at("/spec/suspend").asBoolean() ? "True" : "False"),
                number("Active", o -> o.at("/status/active").size()),
                new Column(
                        "Last Schedule",
                        "string",
                        "",
                        0,
                        (o, now) -> JsonNodeFactory.instance.textNode(
                                at(o, "/status/lastScheduleTime").isEmpty()
                                        ? NONE
                                        : Durations.since(at(o, "/status/lastScheduleTime"), now))),
                age());
    }

    private static List<Column> services() {
        return List.of(
                objectName(),
                text("Type", o -> at(o, "/spec/type")),
                text("Cluster-IP", o -> or(at(o, "/spec/clusterIP"), NONE)),
                text("External-IP", o -> or(at(o, "/spec/externalName"), NONE)),
                text(
                        "Port(s)",
                        o -> join(
                                o.at("/spec/ports"),
                                port -> port.path("port").asText() + "/"
                                        + port.path("protocol").asText(),
                                NONE)),
                age(),
                wide("Selector", o -> labels(o.at("/spec/selector"))));
    }

    private static List<Column> nodes() {
        return List.of(
                objectName(),
                text("Status", Cells::nodeStatus),
                text("Roles", Cells::nodeRoles),
                age(),
                text("Version", o -> at(o, "/status/nodeInfo/kubeletVersion")),
                wide("Internal-IP", o -> address(o, "InternalIP")),
                wide("External-IP", o -> address(o, "ExternalIP")),
                wide("OS-Image", o -> or(at(o, "/status/nodeInfo/osImage"), "<unknown>")),
                wide("Kernel-Version", o -> or(at(o, "/status/nodeInfo/kernelVersion"), "<unknown>")),
                wide("Container-Runtime", o -> or(at(o, "/status/nodeInfo/containerRuntimeVersion"), "<unknown>")));
    }

    private static List<Column> events() {
        return List.of(
                new Column(
                        "Last Seen",
                        "string",
                        "",
                        0,
                        (o, now) ->
                                JsonNodeFactory.instance.textNode(Durations.since(eventTime(o, "lastTimestamp"), now))),
                text("Type", o -> at(o, "/type")),
                text("Reason", o -> at(o, "/reason")),
                text("Object", o -> object(o.path("involvedObject"))),
                wide("Subobject", o -> at(o, "/involvedObject/fieldPath")),
                wide("Source", o -> or(at(o, "/source/component"), at(o, "/reportingComponent"))),
                text("Message", o -> at(o, "/message").trim()),
                new Column(
                        "First Seen",
                        "string",
                        "",
                        1,
                        (o, now) -> JsonNodeFactory.instance.textNode(
                                Durations.since(eventTime(o, "firstTimestamp"), now))),
                new Column(
                        "Count",
                        "integer",
                        "",
                        1,
                        (o, now) -> JsonNodeFactory.instance.numberNode(Math.max(1, count(o, "/count")))),
                new Column(
                        "Name",
                        "string",
                        "name",
                        1,
                        (o, now) -> JsonNodeFactory.instance.textNode(at(o, "/metadata/name"))));
    }

    private static List<Column> autoscalers() {
        return List.of(
                objectName(),
                text("Reference", o -> at(o, "/spec/scaleTargetRef/kind") + "/" + at(o, "/spec/scaleTargetRef/name")),
                number("MinPods", o -> Math.max(1, count(o, "/spec/minReplicas"))),
                number("MaxPods", o -> count(o, "/spec/maxReplicas")),
                number("Replicas", o -> count(o, "/status/currentReplicas")),
                age());
    }

    private static List<Column> roleBindings() {
        return List.of(objectName(), text("Role", o -> at(o, "/roleRef/kind") + "/" + at(o, "/roleRef/name")), age());
    }
}
