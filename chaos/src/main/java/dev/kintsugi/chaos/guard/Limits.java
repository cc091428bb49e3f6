package dev.kintsugi.chaos.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What must not be done, whatever a manifest says.
 *
 * @param protectedNamespaces in which nothing is broken
 * @param optIn whether a namespace has to allow it, by the annotation {@value #ALLOWED_BY}{@code : }{@value #ALLOWED}
 * @param largestShare of a workload that may be hit, above 0 and up to 1
 * @param belowBudgets whether more pods of a disruption budget may be hit than it allows
 */
public record Limits(Set<String> protectedNamespaces, boolean optIn, double largestShare, boolean belowBudgets) {

    /** Namespaces whose workloads carry the cluster, the chaos or the healing. */
    public static final Set<String> PROTECTED =
            Set.of("kube-system", "kube-public", "kube-node-lease", "chaos-mesh", "self-healing");

    /** Annotation by which a namespace of a shared cluster allows experiments. */
    public static final String ALLOWED_BY = "kintsugi.dev/chaos";

    /** Its value. */
    public static final String ALLOWED = "allowed";

    /**
     * Why a plan must not be carried out.
     *
     * @param fix what would be right, or which limit to lift
     */
    public record Objection(String reason, String fix) {
        @Override
        public String toString() {
            return reason + " — " + fix;
        }
    }

    public Limits {
        protectedNamespaces = Set.copyOf(protectedNamespaces);
        if (!(largestShare > 0 && largestShare <= 1)) {
            throw new IllegalArgumentException(
                    "the largest share is " + largestShare + ", must be above 0 and up to 1");
        }
    }

    /** What speaks against a plan; empty when it may be carried out. */
    public List<Objection> against(Plan plan, Surroundings surroundings) {
        List<Objection> objections = new ArrayList<>();
        for (String namespace : plan.namespaces()) {
            Map<String, String> annotations = surroundings.namespaces().getOrDefault(namespace, Map.of());
            if (protectedNamespaces.contains(namespace)) {
                objections.add(new Objection(
                        "namespace " + namespace + " is protected",
                        "choose targets elsewhere, or name the protected ones by --protect"));
            } else if (optIn && !ALLOWED.equals(annotations.get(ALLOWED_BY))) {
                objections.add(new Objection(
                        "namespace " + namespace + " does not allow chaos",
                        "kubectl annotate namespace " + namespace + " " + ALLOWED_BY + "=" + ALLOWED
                                + ", or --own-cluster where nobody else works on this cluster"));
            }
        }
        for (Plan.Share share : plan.shares(surroundings)) {
            if (share.fraction() > largestShare) {
                objections.add(new Objection(
                        "hits " + share + ", and the limit is " + Math.round(largestShare * 100) + " %",
                        "hit fewer, or --max-share " + (int) Math.ceil(share.fraction() * 100)));
            }
        }
        if (!belowBudgets) {
            for (Budget budget : surroundings.budgets()) {
                int disrupted = plan.disrupted(budget);
                if (disrupted > budget.allowed()) {
                    objections.add(new Objection(
                            "hits " + disrupted + (disrupted == 1 ? " pod" : " pods") + " of disruption budget "
                                    + budget + ", which allows " + budget.allowed(),
                            "hit fewer, or --below-budget"));
                }
            }
        }
        return objections;
    }
}
