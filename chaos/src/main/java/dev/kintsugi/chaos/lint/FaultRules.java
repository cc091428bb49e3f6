package dev.kintsugi.chaos.lint;

import dev.kintsugi.chaos.manifest.Part;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.GoDuration;
import dev.kintsugi.chaos.model.InvalidExperiment;
import dev.kintsugi.chaos.model.MemorySize;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What Chaos Mesh accepts of a fault without a word, though it has no effect, does not end, or leaves fields out. */
final class FaultRules {
    /** Fields of NetworkChaos that hold the parameters of an action. */
    private static final List<String> NETWORK_PARAMETERS =
            List.of("delay", "loss", "duplicate", "corrupt", "rate", "bandwidth");

    /** Which of them each action reads; {@code netem} takes all that tc's netem knows. */
    private static final Map<String, Set<String>> READ = Map.of(
            "delay", Set.of("delay"),
            "loss", Set.of("loss"),
            "duplicate", Set.of("duplicate"),
            "corrupt", Set.of("corrupt"),
            "bandwidth", Set.of("bandwidth"),
            "netem", Set.of("delay", "loss", "duplicate", "corrupt", "rate"),
            "partition", Set.of());

    private static final Map<String, String> IO_PARAMETERS =
            Map.of("latency", "delay", "fault", "errno", "attrOverride", "attr", "mistake", "mistake");

    private static final int LAST_PORT = 65_535;

    private final Part part;
    private final Findings findings;

    private FaultRules(Part part, Findings findings) {
        this.part = part;
        this.findings = findings;
    }

    static void look(Part part, Findings findings) {
        FaultRules rules = new FaultRules(part, findings);
        rules.targets(part.spec(), "");
        rules.duration();
        switch (part.kind()) {
            case "PodChaos" -> rules.pod();
            case "NetworkChaos" -> rules.network();
            case "StressChaos" -> rules.stress();
            case "HTTPChaos" -> rules.http();
            case "IOChaos" -> rules.io();
            case "TimeChaos" -> rules.time();
            default -> {}
        }
    }

    /** Named pods count alone; {@code value} belongs to three of the modes. */
    private void targets(Tree target, String prefix) {
        if (!target.at("selector", "pods").map().isEmpty()) {
            target.at("selector").map().keySet().stream()
                    .filter(key -> !key.equals("pods"))
                    .forEach(key -> ignored(prefix + "selector." + key, "pods are named, and they alone count"));
        }
        String mode = target.at("mode").text("");
        if ((mode.equals("one") || mode.equals("all"))
                && !target.at("value").text("").isEmpty()) {
            ignored(prefix + "value", "mode " + mode + " takes none");
        }
        if (mode.equals("random-max-percent")) {
            findings.warning(
                    part.path(prefix + "mode"),
                    "random-max-percent may choose nobody",
                    "use fixed-percent when the experiment has to hit something");
        }
    }

    private void duration() {
        if (part.isOneShot() && part.spec().at("duration").exists()) {
            ignored("duration", part.action() + " happens once and is not taken back");
        } else if (part.duration().filter(duration -> !isPositive(duration)).isPresent()) {
            findings.error(
                    part.path("duration"),
                    "is over before it begins",
                    "give a duration such as 30s, or none for an experiment that lasts until it is removed");
        } else if (part.setting() == Part.Setting.EXPERIMENT
                && !part.isOneShot()
                && !part.spec().at("duration").exists()) {
            findings.warning(
                    part.path("duration"),
                    "without it the fault lasts until somebody removes the experiment",
                    "add a duration such as 30s");
        }
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isZero() && !duration.isNegative();
    }

    private void pod() {
        if (!part.action().equals("pod-kill") && part.spec().at("gracePeriod").exists()) {
            ignored("gracePeriod", "only pod-kill takes it");
        }
        if (!part.action().equals("container-kill")
                && part.spec().at("containerNames").exists()) {
            ignored("containerNames", part.action() + " hits the whole pod");
        }
    }

    private void network() {
        Tree spec = part.spec();
        Set<String> read = READ.getOrDefault(part.action(), Set.copyOf(NETWORK_PARAMETERS));
        for (String name : NETWORK_PARAMETERS) {
            if (spec.at(name).exists() && !read.contains(name)) {
                ignored(name, "action " + part.action() + " does not read it");
            }
        }
        if (!read.isEmpty() && read.stream().noneMatch(name -> spec.at(name).exists())) {
            findings.error(
                    part.path("action"),
                    "action " + part.action() + " without parameters changes nothing",
                    "add " + String.join(" or ", read.stream().sorted().toList()));
        }
        for (String name : List.of("loss", "duplicate", "corrupt")) {
            if (read.contains(name)) {
                percentage(name);
            }
        }
        if (read.contains("delay")) {
            delay();
        }
        if (spec.at("target").exists()) {
            targets(spec.at("target"), "target.");
        } else if (spec.at("targetDevice").exists()) {
            ignored("targetDevice", "no target is named");
        }
        if (part.action().equals("partition")
                && !spec.at("direction").text("to").equals("to")
                && !spec.at("target").exists()
                && !spec.at("externalTargets").exists()) {
            findings.warning(
                    part.path("direction"),
                    "a partition in direction " + spec.at("direction").text("") + " without a target cuts off nobody in"
                            + " particular",
                    "name the pods at the other end in target");
        }
    }

    private void percentage(String name) {
        Tree parameter = part.spec().at(name, name);
        double percent = number(parameter.text("")).orElse(Double.NaN);
        String field = part.path(name + "." + name);
        if (percent == 0) {
            findings.error(field, "a share of 0 % hits no packet", "give a percentage above 0");
        } else if (percent < 0 || percent > 100) {
            findings.error(
                    field,
                    part.spec().at(name, name).text("").strip() + " % passes the webhook and then fails on the node",
                    "give a percentage from 0 to 100");
        }
    }

    private void delay() {
        Tree delay = part.spec().at("delay");
        Optional<Duration> latency = duration(delay.at("latency"));
        Optional<Duration> jitter = duration(delay.at("jitter"));
        if (latency.filter(Duration::isZero).isPresent()
                && jitter.filter(FaultRules::isPositive).isEmpty()) {
            findings.error(
                    part.path("delay.latency"), "a latency of 0 delays nothing", "give a duration such as 100ms");
        } else if (latency.isPresent() && jitter.isPresent() && jitter.get().compareTo(latency.get()) > 0) {
            findings.warning(
                    part.path("delay.jitter"),
                    "greater than the latency, so that it is cut off at 0",
                    "give less jitter");
        }
    }

    private void stress() {
        Tree spec = part.spec();
        if (!spec.at("stressngStressors").text("").isEmpty()
                && spec.at("stressors").exists()) {
            ignored("stressors", "stressngStressors is given, and it alone counts");
            return;
        }
        workers("memory");
        workers("cpu");
        String size = spec.at("stressors", "memory", "size").text("");
        if (spec.at("stressors", "memory").exists() && isNothing(size)) {
            findings.error(part.path("stressors.memory.size"), "a size of 0 occupies nothing", MemorySize.REMEDY);
        }
        Tree cpu = spec.at("stressors", "cpu");
        if (cpu.exists() && cpu.at("load").number(-1) == 0) {
            findings.error(part.path("stressors.cpu.load"), "a load of 0 % burns nothing", "give a load from 1 to 100");
        }
    }

    private void workers(String stressor) {
        Tree parameters = part.spec().at("stressors", stressor);
        if (parameters.exists() && parameters.at("workers").number(-1) == 0) {
            findings.error(
                    part.path("stressors." + stressor + ".workers"),
                    "without workers no stressor is started, though the experiment will say Injected",
                    "give at least 1 worker");
        }
    }

    private static boolean isNothing(String size) {
        try {
            return !size.isEmpty() && MemorySize.parse(size).bytes(Long.MAX_VALUE) == 0;
        } catch (InvalidExperiment e) {
            return false;
        }
    }

    private void http() {
        Tree spec = part.spec();
        if (spec.at("port").number(0) > LAST_PORT) {
            findings.error(
                    part.path("port"),
                    "there is no port " + spec.at("port").number(0),
                    "give the port on which the pod serves, 1 to " + LAST_PORT);
        }
        if (!Boolean.TRUE.equals(spec.at("abort").value())
                && List.of("delay", "replace", "patch").stream()
                        .noneMatch(action -> spec.at(action).exists())) {
            findings.error(
                    part.path("target"),
                    "nothing is done to what matches",
                    "add one of abort: true, delay, replace or patch");
        }
        if (spec.at("target").text("").equals("Request")) {
            for (String field : List.of("code", "response_headers", "replace.code")) {
                if (spec.at(field.split("\\.")).exists()) {
                    ignored(field, "a request has none; it belongs to target Response");
                }
            }
        } else {
            for (String field : List.of("replace.path", "replace.method", "replace.queries", "patch.queries")) {
                if (spec.at(field.split("\\.")).exists()) {
                    ignored(field, "a response has none; it belongs to target Request");
                }
            }
        }
    }

    private void io() {
        Tree spec = part.spec();
        if (spec.at("percent").exists() && spec.at("percent").number(-1) == 0) {
            findings.error(part.path("percent"), "0 % of the calls are hit", "give a percentage above 0");
        }
        String parameter = IO_PARAMETERS.get(part.action());
        if (parameter == null) {
            return;
        }
        if (!spec.at(parameter).exists()) {
            findings.error(part.path(parameter), "action " + part.action() + " needs it", "give it");
        }
        IO_PARAMETERS.values().stream()
                .filter(other -> !other.equals(parameter) && spec.at(other).exists())
                .sorted()
                .forEach(other -> ignored(other, "action " + part.action() + " does not read it"));
    }

    private void time() {
        if (duration(part.spec().at("timeOffset")).filter(Duration::isZero).isPresent()) {
            findings.error(
                    part.path("timeOffset"), "an offset of 0 shifts nothing", "give an offset such as -10m or 1h");
        }
    }

    private void ignored(String field, String why) {
        findings.warning(part.path(field), "ignored: " + why, "leave it out");
    }

    private static Optional<Duration> duration(Tree field) {
        try {
            return field.text("").isEmpty() ? Optional.empty() : Optional.of(GoDuration.parse(field.text("")));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<Double> number(String text) {
        try {
            return Optional.of(Double.valueOf(text.strip().replaceAll("%$", "")));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
