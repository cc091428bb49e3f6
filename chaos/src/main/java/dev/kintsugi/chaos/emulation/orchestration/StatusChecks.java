package dev.kintsugi.chaos.emulation.orchestration;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.GoDuration;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What becomes of a StatusCheck. It is executed at its interval, first one interval after its start, until so many executions in a
 * row have failed, its duration is over, or, if it is synchronous, so many in a row have succeeded. The newest records are kept.
 */
final class StatusChecks {
    static final String COMPLETED = "Completed";
    static final String SUCCESS_THRESHOLD_EXCEED = "SuccessThresholdExceed";
    private static final String FAILURE_THRESHOLD_EXCEED = "FailureThresholdExceed";
    private static final String DURATION_EXCEED = "DurationExceed";
    private static final String COMPONENT = "statuscheck";

    private final Item check;
    private final Instant now;

    StatusChecks(Item check, Instant now) {
        this.check = check;
        this.now = now;
    }

    Outcome next() {
        if (Conditions.isTrue(check.status(), COMPLETED)) {
            return Outcome.nothing();
        }
        Optional<Instant> start = time(check.status().at("startTime"));
        if (start.isEmpty()) {
            return new Outcome(conclude(Optional.empty(), now), Optional.of(now.plus(interval())));
        }
        Optional<Instant> end = end(start.get());
        if (end.isPresent() && end.get().isBefore(now)) {
            return new Outcome(conclude(Optional.empty(), now), Optional.empty());
        }
        List<Tree> records = check.status().at("records").elements();
        Instant last = records.isEmpty()
                ? start.get()
                : time(records.get(records.size() - 1).at("startTime")).orElse(start.get());
        Instant due = last.plus(interval());
        if (now.isBefore(due)) {
            return new Outcome(List.of(), Outcome.earlier(Optional.of(due), end.map(time -> time.plusMillis(1))));
        }
        return new Outcome(
                List.of(new Change.Probe(
                        new Change.HttpCheck(check.spec().at("http"), number("timeoutSeconds", 1)), this::probed)),
                Optional.of(now.plus(interval())));
    }

    private Outcome probed(Change.Probed probed) {
        return new Outcome(
                conclude(Optional.of(probed), probed.at()),
                Optional.of(probed.at().plus(interval())));
    }

    /** Writes what came of an execution, if there was one, and how the thresholds stand. */
    private List<Change> conclude(Optional<Change.Probed> probed, Instant at) {
        List<Change> changes = new ArrayList<>();
        List<Map<String, Object>> records = new ArrayList<>();
        check.status().at("records").elements().forEach(record -> records.add(record.map()));
        probed.ifPresent(result -> {
            String problem = problem(result);
            tell(
                    changes,
                    problem.isEmpty()
                            ? Notice.normal(
                                    COMPONENT, "StatusCheckExecutionSucceed", "HTTP execution of status check succeed")
                            : Notice.warning(
                                    COMPONENT,
                                    "StatusCheckExecutionFailed",
                                    "HTTP execution of status check failed: " + problem));
            Map<String, Object> record = new LinkedHashMap<>();
            record.put("startTime", seconds(result.at()));
            record.put("outcome", problem.isEmpty() ? "Success" : "Failure");
            records.add(record);
        });
        int limit = (int) number("recordsHistoryLimit", 100);
        List<Map<String, Object>> kept = records.subList(Math.max(0, records.size() - limit), records.size());
        long count = check.status().at("count").number(0) + (probed.isPresent() ? 1 : 0);
        Map<String, String> standing = standing(kept, at);
        standing.forEach((type, reason) -> {
            if (type.equals(COMPLETED)) {
                tell(changes, Notice.normal(COMPONENT, "StatusCheckCompleted", "status check completed: " + reason));
            } else {
                tell(changes, exceeded(type));
            }
        });
        changes.add(new Change.EditStatus(check.ref(), status -> status(status, kept, count, standing, at)));
        return changes;
    }

    private Map<String, Object> status(
            Map<String, Object> before,
            List<Map<String, Object>> records,
            long count,
            Map<String, String> standing,
            Instant at) {
        Map<String, Object> status = new LinkedHashMap<>(before);
        status.putIfAbsent("startTime", seconds(at));
        status.put("count", count);
        if (!records.isEmpty()) {
            status.put("records", List.copyOf(records));
        }
        if (standing.containsKey(COMPLETED)) {
            status.putIfAbsent("completionTime", seconds(at));
        }
        List<Object> conditions = new ArrayList<>();
        for (String type : List.of(DURATION_EXCEED, FAILURE_THRESHOLD_EXCEED, SUCCESS_THRESHOLD_EXCEED, COMPLETED)) {
            conditions.add(condition(new Tree(before), type, standing, at));
        }
        status.put("conditions", conditions);
        return status;
    }

    private static Map<String, Object> condition(Tree before, String type, Map<String, String> standing, Instant at) {
        String status = standing.containsKey(type) ? "True" : "False";
        Tree known = before.at("conditions").elements().stream()
                .filter(condition -> condition.at("type").text("").equals(type))
                .findFirst()
                .orElse(new Tree(null));
        boolean stays = known.at("status").text("").equals(status);
        Map<String, Object> condition = new LinkedHashMap<>();
        condition.put("type", type);
        condition.put("status", status);
        condition.put("reason", standing.getOrDefault(type, ""));
        condition.put("lastProbeTime", seconds(at));
        condition.put(
                "lastTransitionTime", stays ? known.at("lastTransitionTime").text(seconds(at)) : seconds(at));
        return condition;
    }

    /** The conditions that hold, each with its reason. The first that completes it gives the reason. */
    private Map<String, String> standing(List<Map<String, Object>> records, Instant at) {
        Map<String, String> standing = new LinkedHashMap<>();
        Optional<Instant> end = time(check.status().at("startTime")).flatMap(this::end);
        if (end.isPresent() && end.get().isBefore(at)) {
            standing.put(DURATION_EXCEED, "");
            standing.put(COMPLETED, "StatusCheckDurationExceed");
        }
        if (inARow(records, "Failure") >= number("failureThreshold", 3)) {
            standing.put(FAILURE_THRESHOLD_EXCEED, "");
            standing.putIfAbsent(COMPLETED, "StatusCheckFailureThresholdExceed");
        }
        if (inARow(records, "Success") >= number("successThreshold", 1)) {
            standing.put(SUCCESS_THRESHOLD_EXCEED, "");
            if (!check.spec().at("mode").text("").equals("Continuous")) {
                standing.putIfAbsent(COMPLETED, "StatusCheckSuccessThresholdExceed");
            }
        }
        return standing;
    }

    private static Notice exceeded(String type) {
        return switch (type) {
            case DURATION_EXCEED -> Notice.warning(COMPONENT, "StatusCheckDurationExceed", "duration exceed");
            case FAILURE_THRESHOLD_EXCEED ->
                Notice.warning(COMPONENT, "StatusCheckFailureThresholdExceed", "failure threshold exceed");
            default -> Notice.normal(COMPONENT, "StatusCheckSuccessThresholdExceed", "success threshold exceed");
        };
    }

    private static int inARow(List<Map<String, Object>> records, String outcome) {
        int count = 0;
        while (count < records.size()
                && outcome.equals(records.get(records.size() - 1 - count).get("outcome"))) {
            count++;
        }
        return count;
    }

    /** What is wrong with an answer; empty when its status code is the one or in the range asked for. */
    private String problem(Change.Probed probed) {
        if (probed.statusCode() == 0) {
            return "do http request: " + probed.error();
        }
        String[] range =
                check.spec().at("http", "criteria", "statusCode").text("").split("-", 2);
        try {
            int low = Integer.parseInt(range[0]);
            int high = range.length == 2 ? Integer.parseInt(range[1]) : low;
            if (probed.statusCode() >= low && probed.statusCode() <= high) {
                return "";
            }
        } catch (NumberFormatException e) {
            return "unexpected status code: " + probed.statusCode();
        }
        return "unexpected status code: " + probed.statusCode();
    }

    private Optional<Instant> end(Instant start) {
        String duration = check.spec().at("duration").text("");
        try {
            return duration.isEmpty() ? Optional.empty() : Optional.of(start.plus(GoDuration.parse(duration)));
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private Duration interval() {
        return Duration.ofSeconds(Math.max(1, number("intervalSeconds", 10)));
    }

    private long number(String field, long otherwise) {
        return check.spec().at(field).number(otherwise);
    }

    private void tell(List<Change> changes, Notice notice) {
        changes.add(new Change.Tell(check.ref(), notice));
    }

    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static Optional<Instant> time(Tree place) {
        try {
            return Optional.ofNullable(place.text()).map(Instant::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
