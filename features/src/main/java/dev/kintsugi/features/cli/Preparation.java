package dev.kintsugi.features.cli;

import dev.kintsugi.chaos.drive.Experiments;
import dev.kintsugi.chaos.guard.Aim;
import dev.kintsugi.chaos.guard.Budget;
import dev.kintsugi.chaos.guard.Limits;
import dev.kintsugi.chaos.guard.Member;
import dev.kintsugi.chaos.guard.Plan;
import dev.kintsugi.chaos.guard.Planner;
import dev.kintsugi.chaos.guard.Surroundings;
import dev.kintsugi.chaos.lint.Finding;
import dev.kintsugi.chaos.lint.Finding.Severity;
import dev.kintsugi.chaos.lint.Linter;
import dev.kintsugi.chaos.manifest.Manifest;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a manifest would do on a cluster, and what speaks against it.
 *
 * @param findings of the linter, with the cluster
 * @param objections by the limits
 */
record Preparation(Plan plan, Surroundings surroundings, List<Finding> findings, List<Limits.Objection> objections) {

    static Preparation of(Manifest manifest, Experiments experiments, Limits limits, long seed) {
        Surroundings surroundings = experiments.surroundings(List.of(manifest));
        Plan plan = Planner.plan(manifest, surroundings, seed);
        // Of budgets and of what exists the objections speak, which name the way out.
        List<Finding> findings = Linter.lint(manifest, surroundings).stream()
                .filter(finding -> !finding.problem().contains("disruption budget")
                        && !finding.problem().endsWith("exists already"))
                .toList();
        List<Limits.Objection> objections = new ArrayList<>(limits.against(plan, surroundings));
        if (surroundings.has(manifest)) {
            objections.add(new Limits.Objection(
                    manifest + " exists already", "kintsugi chaos abort " + manifest.name() + ", or another name"));
        }
        return new Preparation(plan, surroundings, findings, objections);
    }

    boolean isAllowed() {
        return objections.isEmpty() && findings.stream().noneMatch(finding -> finding.severity() == Severity.ERROR);
    }

    /** The plan for a person. */
    void print(PrintWriter out) {
        Manifest manifest = plan.manifest();
        out.println(manifest + ", seed " + plan.seed());
        for (Aim aim : plan.aims()) {
            String what = aim.part().describe() + (aim.isBroken() ? "" : ", the other end");
            out.println("  " + what);
            String hit = aim.pinned() ? "hits" : "hits at each run, chosen by Chaos Mesh, at most";
            out.println("    " + hit + " " + aim.victims().size() + " of "
                    + aim.matching().size() + " that match" + (aim.pinned() ? ":" : ""));
            if (aim.pinned()) {
                aim.victims()
                        .forEach(victim -> out.println("      " + victim.pod().id()
                                + (victim.pod().nodeName().isEmpty()
                                        ? ""
                                        : " on " + victim.pod().nodeName())));
            }
        }
        out.println("  blast radius");
        plan.shares(surroundings).forEach(share -> out.println("    " + share));
        for (Budget budget : surroundings.budgets()) {
            int disrupted = plan.disrupted(budget);
            if (disrupted > 0) {
                out.println(
                        "    " + disrupted + " of disruption budget " + budget + ", which allows " + budget.allowed());
            }
        }
        if (plan.victims().isEmpty()) {
            out.println("    nothing");
        }
        printObjections(out);
    }

    /** What speaks against it. */
    void printObjections(PrintWriter out) {
        findings.forEach(out::println);
        objections.forEach(objection -> out.println("refused: " + objection));
    }

    /** The plan for a program. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("manifest", plan.manifest().toString());
        map.put("seed", plan.seed());
        map.put("namespaces", plan.namespaces());
        map.put(
                "aims",
                plan.aims().stream()
                        .map(aim -> Map.of(
                                "fault", aim.part().describe(),
                                "field", aim.path(),
                                "pinned", aim.pinned(),
                                "matching", ids(aim.matching()),
                                "victims", ids(aim.victims())))
                        .toList());
        map.put(
                "shares",
                plan.shares(surroundings).stream()
                        .map(share ->
                                Map.of("workload", share.workload().toString(), "hit", share.hit(), "of", share.of()))
                        .toList());
        map.put(
                "budgets",
                surroundings.budgets().stream()
                        .filter(budget -> plan.disrupted(budget) > 0)
                        .map(budget -> Map.of(
                                "budget",
                                budget.toString(),
                                "hit",
                                plan.disrupted(budget),
                                "allowed",
                                budget.allowed()))
                        .toList());
        map.put("findings", findings.stream().map(Preparation::toMap).toList());
        map.put("refused", objections.stream().map(Limits.Objection::toString).collect(Collectors.toList()));
        map.put("allowed", isAllowed());
        return map;
    }

    /** A finding for a program. */
    static Map<String, Object> toMap(Finding finding) {
        return Map.of(
                "file", finding.file(),
                "line", finding.line(),
                "severity", finding.severity().name().toLowerCase(Locale.ROOT),
                "field", finding.field(),
                "problem", finding.problem(),
                "fix", finding.fix());
    }

    private static List<String> ids(List<Member> members) {
        return members.stream().map(member -> member.pod().id()).toList();
    }
}
