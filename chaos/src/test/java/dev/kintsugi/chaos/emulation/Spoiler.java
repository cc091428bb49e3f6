package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.mesh.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A way to break one rule.
 *
 * @param kind of the resources that it spoils
 * @param message what the webhook says to that
 * @param spoil changes the spec
 */
public record Spoiler(String kind, String message, Consumer<Map<String, Object>> spoil) {
    private static final String CONTAINERS = "Spec.ContainerSelector.PodSelector.value: Invalid value: ";

    /** At least one for each rule. */
    public static final List<Spoiler> ALL = List.of(
            set(
                    "PodChaos",
                    "duration",
                    "5x",
                    "Spec.Duration: Invalid value: \"5x\": parse duration field error: time:"
                            + " unknown unit \"x\" in duration \"5x\""),
            mode("PodChaos", "fixed", "0", CONTAINERS + "\"0\": value must be greater than 0 with mode:fixed"),
            mode(
                    "PodChaos",
                    "fixed-percent",
                    "",
                    CONTAINERS + "\"\": parse value field error:strconv.Atoi: parsing \"\":" + " invalid syntax"),
            mode(
                    "PodChaos",
                    "random-max-percent",
                    "101",
                    CONTAINERS + "\"101\": value of 101 is invalid, Must be (0,100]" + " with mode:random-max-percent"),
            new Spoiler(
                    "PodChaos",
                    "Spec.containerNames: Invalid value: []string(nil): the name of container is empty on"
                            + " container-kill action: invalid value",
                    spec -> {
                        spec.put("action", "container-kill");
                        spec.remove("containerNames");
                    }),
            mode(
                    "NetworkChaos",
                    "fixed",
                    "-1",
                    "Spec.PodSelector.value: Invalid value: \"-1\": value must be greater than" + " 0 with mode:fixed"),
            set(
                    "NetworkChaos",
                    "target",
                    Map.of("mode", "fixed", "value", "x", "selector", Map.of()),
                    "Spec.Target.value: Invalid value: \"x\": parse value field error:strconv.Atoi: parsing \"x\":"
                            + " invalid syntax"),
            set(
                    "NetworkChaos",
                    "loss",
                    Map.of("loss", "much"),
                    "Spec.TcParameter.Loss.Loss: Invalid value: \"much\": parse"
                            + " correlation field error:strconv.ParseFloat: parsing \"much\": invalid syntax"),
            set(
                    "NetworkChaos",
                    "corrupt",
                    Map.of("corrupt", "1", "correlation", "1e99"),
                    "Spec.TcParameter.Corrupt.Correlation: Invalid value: \"1e99\": parse correlation field"
                            + " error:strconv.ParseFloat: parsing \"1e99\": value out of range"),
            set(
                    "NetworkChaos",
                    "duplicate",
                    Map.of("duplicate", ""),
                    "Spec.TcParameter.Duplicate.Duplicate: Invalid value:" + " \"\": parse correlation field error"),
            set(
                    "NetworkChaos",
                    "delay",
                    Map.of("latency", "1d"),
                    "Spec.TcParameter.Delay.Latency: Invalid value: \"1d\":"
                            + " parse duration field error: time: unknown unit \"d\""),
            set(
                    "NetworkChaos",
                    "delay",
                    Map.of("latency", "1s", "jitter", "1"),
                    "Spec.TcParameter.Delay.Jitter: Invalid"
                            + " value: \"1\": parse duration field error: time: missing unit in duration \"1\""),
            set(
                    "NetworkChaos",
                    "delay",
                    Map.of("latency", "1s", "reorder", Map.of("reorder", "x", "gap", 1)),
                    "Spec.TcParameter.Delay.Reorder.Reorder: Invalid value: \"x\""),
            set(
                    "NetworkChaos",
                    "bandwidth",
                    Map.of("rate", "1mph", "limit", 1, "buffer", 1),
                    "Spec.TcParameter.Bandwidth.Rate: Invalid value: \"1mph\": parse rate field error:invalid unit"),
            set(
                    "NetworkChaos",
                    "rate",
                    Map.of("rate", "-1bps"),
                    "Spec.TcParameter.Rate.Rate: Invalid value: \"-1bps\":"
                            + " parse rate field error:strconv.ParseUint: parsing \"-1\": invalid syntax"),
            new Spoiler(
                    "NetworkChaos",
                    "Spec.direction: Invalid value: \"from\": `from` and `both` direction cannot be used when targets is"
                            + " empty in netem action",
                    spec -> {
                        spec.put("action", "loss");
                        spec.put("direction", "from");
                        spec.remove("target");
                        spec.remove("externalTargets");
                    }),
            new Spoiler(
                    "NetworkChaos",
                    "Spec.direction: Invalid value: \"both\": external targets cannot be used with `from` and `both`"
                            + " direction in netem action yet",
                    spec -> {
                        spec.put("action", "delay");
                        spec.put("direction", "both");
                        spec.put("externalTargets", List.of("1.1.1.1"));
                    }),
            new Spoiler("StressChaos", "missing stressors", spec -> spec.remove("stressors")),
            set("StressChaos", "stressors", Map.of(), "Spec.Stressors: Invalid value: {}: missing stressors"),
            set(
                    "StressChaos",
                    "stressors",
                    Map.of("memory", Map.of("workers", 1, "size", "1XB")),
                    "Spec.Stressors.MemoryStressor.Size: Invalid value: \"1XB\": incorrect bytes format: invalid suffix:"
                            + " 'xb'"),
            set(
                    "StressChaos",
                    "stressors",
                    Map.of("memory", Map.of("workers", 1, "size", "101%")),
                    "Spec.Stressors.MemoryStressor.Size: Invalid value: \"101%\": incorrect bytes format: illegal"
                            + " proportion"),
            set("HTTPChaos", "port", 0, "Spec.Port: Invalid value: 0: port 0 is not supported"),
            set("HTTPChaos", "port", -5, "Spec.Port: Invalid value: -5: port -5 is not supported"),
            set("HTTPChaos", "target", "Both", "Spec.Target: Invalid value: \"Both\": target Both is not supported"),
            new Spoiler("HTTPChaos", "Spec.Method: Invalid value: \"get\": method get is not supported", spec -> {
                spec.put("target", "Request");
                spec.put("method", "get");
            }),
            set(
                    "HTTPChaos",
                    "delay",
                    "soon",
                    "Spec.PodHttpChaosActions.Delay: Invalid value: \"soon\": invalid duration" + " soon"),
            set("HTTPChaos", "duration", "1", "Spec.Duration: Invalid value: \"1\": parse duration field error"),
            mode(
                    "HTTPChaos",
                    "fixed-percent",
                    "0",
                    "Spec.PodSelector.value: Invalid value: \"0\": value of 0 is invalid,"
                            + " Must be (0,100] with mode:fixed-percent"),
            new Spoiler("IOChaos", "Spec.Errno: Invalid value: 0x0: action fault: errno 0 is not supported", spec -> {
                spec.put("action", "fault");
                spec.put("errno", 0);
            }),
            set("IOChaos", "percent", 101, "Spec.Percent: Invalid value: 101: percent field should be in 0-100"),
            set("IOChaos", "delay", "10", "Spec.Delay: Invalid value: \"10\": parse duration field error"),
            set("DNSChaos", "duration", "s", "Spec.Duration: Invalid value: \"s\": parse duration field error"),
            mode("DNSChaos", "fixed", "0", CONTAINERS + "\"0\""),
            set(
                    "TimeChaos",
                    "timeOffset",
                    "yesterday",
                    "Spec.TimeOffset: Invalid value: \"yesterday\": parse timeOffset"
                            + " field error:time: invalid duration \"yesterday\""),
            mode("KernelChaos", "fixed-percent", "200", CONTAINERS + "\"200\": value of 200 is invalid"),
            jvm("must set one of cpu-count and mem-type when action is 'stress'", Map.of("action", "stress")),
            jvm(
                    "inject stress on both CPU and memory is not support now",
                    Map.of("action", "stress", "cpuCount", 1, "memType", "heap")),
            jvm("value should be 'stack' or 'heap'", Map.of("action", "stress", "memType", "all")),
            jvm("class not provided", Map.of("action", "return", "method", "m", "returnValue", "1")),
            jvm("method not provided", Map.of("action", "return", "class", "c", "returnValue", "1")),
            jvm("exception not provided", Map.of("action", "exception", "class", "c", "method", "m")),
            jvm("value not provided", Map.of("action", "return", "class", "c", "method", "m")),
            jvm("latency not provided", Map.of("action", "latency", "class", "c", "method", "m")),
            jvm("rule data not provide", Map.of("action", "ruleData")),
            jvm("MySQL connector version not provided", Map.of("action", "mysql", "latency", 1)),
            jvm(
                    "MySQL connector version only support 5.X.X(set to 5) and 8.X.X(set to 8)",
                    Map.of("action", "mysql", "latency", 1, "mysqlConnectorVersion", "6")),
            jvm("must set one of exception or latency", Map.of("action", "mysql", "mysqlConnectorVersion", "8")),
            jvm(
                    "action oom not supported, action can be 'latency', 'exception', 'return', 'stress', 'gc' or 'ruleData'",
                    Map.of("action", "oom")),
            set(
                    "Schedule",
                    "schedule",
                    "* * * *",
                    "spec.schedule: Invalid value: \"* * * *\": parse schedule field"
                            + " error:expected 5 to 6 fields, found 4: [* * * *]"),
            set(
                    "Schedule",
                    "schedule",
                    "@never",
                    "spec.schedule: Invalid value: \"@never\": parse schedule field"
                            + " error:unrecognized descriptor: @never"),
            set("Schedule", "type", "MoonChaos", "parse schedule field error: missing chaos spec MoonChaos"),
            new Spoiler("Schedule", "Spec.Duration: Invalid value: \"5x\": parse duration field error", spec -> {
                spec.put("type", "PodChaos");
                spec.put("podChaos", Map.of("action", "pod-failure", "mode", "one", "duration", "5x"));
            }),
            set(
                    "Workflow",
                    "entry",
                    "nowhere",
                    "spec.entry: Invalid value: \"nowhere\": can not find a template with name" + " nowhere"),
            set("Workflow", "entry", "", "spec.entry: Required value: the entry of workflow is required"),
            set(
                    "Workflow",
                    "templates",
                    List.of(),
                    "spec.templates: Invalid value: []: templates in workflow could not be" + " empty"),
            template(
                    Map.of("name", "wait", "templateType", "Suspend", "deadline", "1s"),
                    "spec.templates: Invalid value:" + " \"\": template name must be unique, duplicated names: [wait]"),
            template(
                    Map.of("name", "Bad_Name", "templateType", "Suspend", "deadline", "1s"),
                    "name: Invalid value:"
                            + " \"Bad_Name\": field name must be DNS-1123 subdomain, [a lowercase RFC 1123 subdomain must consist"),
            template(
                    Map.of("name", "", "templateType", "Suspend", "deadline", "1s"),
                    "name: Required value: name of" + " template is required"),
            template(
                    Map.of("name", "s", "templateType", "Suspend"),
                    ".deadline: Invalid value: \"null\": deadline in"
                            + " template with type Suspend could not be empty"),
            template(
                    Map.of("name", "s", "templateType", "Serial", "children", List.of("gone")),
                    ".children[0]: Invalid" + " value: \"gone\": can not find a template with name gone"),
            template(
                    Map.of("name", "s", "templateType", "Serial", "task", Map.of()),
                    "this template should not contain" + " Task"),
            template(
                    Map.of("name", "s", "templateType", "Task", "children", List.of("wait")),
                    "this template should not" + " contain Children"),
            template(
                    Map.of("name", "s", "templateType", "Parallel", "conditionalBranches", List.of(Map.of())),
                    "this template should not contain ConditionalBranches"),
            template(
                    Map.of("name", "s", "templateType", "Suspend", "deadline", "1s", "podChaos", Map.of()),
                    "this template should not contain any Chaos"),
            template(
                    Map.of("name", "s", "templateType", "Task", "schedule", Map.of()),
                    "this template should not contain" + " Schedule"),
            template(
                    Map.of("name", "s", "templateType", "Loop"),
                    ".templateType: Invalid value: \"Loop\": unrecognized" + " template type: Loop"),
            template(
                    Map.of("name", "s", "templateType", "PodChaos"),
                    "parse workflow field error: missing chaos spec" + " PodChaos"),
            template(
                    Map.of(
                            "name",
                            "s",
                            "templateType",
                            "PodChaos",
                            "podChaos",
                            Map.of("action", "pod-kill", "mode", "one", "duration", "1h")),
                    "Invalid value: 1h0m0s: should not define duration in chaos when using Workflow, use Template#Deadline"
                            + " instead."),
            template(
                    Map.of(
                            "name",
                            "s",
                            "templateType",
                            "HTTPChaos",
                            "httpChaos",
                            Map.of("target", "Request", "mode", "one")),
                    "Spec.Port: Invalid value: 0: port 0 is not supported"),
            template(
                    Map.of("name", "s", "templateType", "StatusCheck", "statusCheck", Map.of("type", "HTTP")),
                    "Spec.http: Invalid value: \"null\": the detail of http status check is required"),
            set("StatusCheck", "type", "TCP", "Spec.type: Invalid value: \"TCP\": unrecognized type: TCP"),
            new Spoiler(
                    "StatusCheck",
                    "Spec.http: Invalid value: \"null\": the detail of http status check is required",
                    spec -> spec.remove("http")),
            set("StatusCheck", "duration", "ten", "Spec.Duration: Invalid value: \"ten\": parse duration field error"),
            http("", "200", "HTTPStatusCheck.url: Invalid value: \"\": request url is required"),
            http("web", "200", "HTTPStatusCheck.url: Invalid value: \"web\": invalid http request url"),
            http("http://web", "", "Criteria.StatusCode: Invalid value: \"\": status code is required"),
            http(
                    "http://web",
                    "1000",
                    "Criteria.StatusCode: Invalid value: \"1000\": incorrect status code format: invalid"
                            + " status code"),
            http(
                    "http://web",
                    "ok",
                    "Criteria.StatusCode: Invalid value: \"ok\": incorrect status code format: not a single"
                            + " number or a range"),
            http(
                    "http://web",
                    "200-x",
                    "Criteria.StatusCode: Invalid value: \"200-x\": incorrect status code format:"
                            + " strconv.Atoi: parsing \"x\": invalid syntax"),
            http(
                    "http://web",
                    "0-99",
                    "Criteria.StatusCode: Invalid value: \"0-99\": incorrect status code format: invalid"
                            + " status code range"));

    private static Spoiler set(String kind, String field, Object value, String message) {
        return new Spoiler(kind, message, spec -> spec.put(field, value));
    }

    private static Spoiler mode(String kind, String mode, String value, String message) {
        return new Spoiler(kind, message, spec -> {
            spec.put("mode", mode);
            spec.put("value", value);
        });
    }

    private static Spoiler jvm(String rule, Map<String, Object> action) {
        return new Spoiler("JVMChaos", ": " + rule, spec -> {
            spec.keySet().retainAll(List.of("mode", "value", "selector"));
            spec.putAll(action);
        });
    }

    private static Spoiler http(String url, String statusCode, String message) {
        return set(
                "StatusCheck",
                "http",
                Map.of("url", url, "criteria", Map.of("statusCode", statusCode)),
                "Spec.EmbedStatusCheck.HTTPStatusCheck." + message.replaceFirst("^HTTPStatusCheck\\.", ""));
    }

    private static Spoiler template(Map<String, Object> template, String message) {
        return new Spoiler("Workflow", message, spec -> {
            List<Object> templates = new ArrayList<>(new Tree(spec)
                    .at("templates").elements().stream().map(Tree::value).toList());
            templates.add(new HashMap<>(template));
            spec.put("templates", templates);
        });
    }
}
