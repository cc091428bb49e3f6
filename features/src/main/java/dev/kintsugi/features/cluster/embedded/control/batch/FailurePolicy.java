package dev.kintsugi.features.cluster.embedded.control.batch;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyOnExitCodesRequirement;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyOnPodConditionsPattern;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyRule;
import java.util.List;
import java.util.Optional;

/**
 * What a Job's own rules say about a failed pod: the first rule that matches decides; without one the failure counts.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy">Pod failure policy</a>
 */
final class FailurePolicy {

    private FailurePolicy() {}

    /**
     * The rule that decided.
     *
     * @param action {@code FailJob}, {@code Ignore} or {@code Count}
     * @param message why the Job fails, if it does
     */
    record Decision(String action, String message) {}

    /** Whether the failure of a pod counts towards the back-off limit. */
    static boolean counts(Job job, Pod pod) {
        return decide(job, pod)
                .filter(decision -> decision.action().equals("Ignore"))
                .isEmpty();
    }

    /** Why the whole Job fails because of a pod; empty if it does not. */
    static Optional<String> failsJob(Job job, List<Pod> pods) {
        return pods.stream()
                .filter(pod -> JobPods.hasFailed(pod, job))
                .flatMap(pod -> decide(job, pod).stream())
                .filter(decision -> decision.action().equals("FailJob"))
                .map(Decision::message)
                .findFirst();
    }

    private static Optional<Decision> decide(Job job, Pod pod) {
        if (job.getSpec().getPodFailurePolicy() == null) {
            return Optional.empty();
        }
        List<PodFailurePolicyRule> rules = job.getSpec().getPodFailurePolicy().getRules();
        for (int i = 0; i < rules.size(); i++) {
            PodFailurePolicyRule rule = rules.get(i);
            Optional<String> cause = rule.getOnExitCodes() == null
                    ? byCondition(rule.getOnPodConditions(), pod)
                    : byExitCode(rule.getOnExitCodes(), pod);
            if (cause.isPresent()) {
                String message = cause.get() + " matching " + rule.getAction() + " rule at index " + i;
                return Optional.of(new Decision(rule.getAction(), message));
            }
        }
        return Optional.empty();
    }

    /** Only containers that ended with another code than 0 are looked at. */
    private static Optional<String> byExitCode(PodFailurePolicyOnExitCodesRequirement wanted, Pod pod) {
        return JobPods.containers(pod).stream()
                .filter(container -> wanted.getContainerName() == null
                        || wanted.getContainerName().equals(container.getName()))
                .filter(container -> exitCode(container) != 0
                        && wanted.getValues().contains(exitCode(container)) == "In".equals(wanted.getOperator()))
                .findFirst()
                .map(container -> "Container " + container.getName() + " for pod " + name(pod)
                        + " failed with exit code " + exitCode(container));
    }

    private static int exitCode(ContainerStatus container) {
        return container.getState() == null || container.getState().getTerminated() == null
                ? 0
                : container.getState().getTerminated().getExitCode();
    }

    private static Optional<String> byCondition(List<PodFailurePolicyOnPodConditionsPattern> wanted, Pod pod) {
        if (pod.getStatus() == null || pod.getStatus().getConditions() == null) {
            return Optional.empty();
        }
        return pod.getStatus().getConditions().stream()
                .filter(condition -> wanted.stream()
                        .anyMatch(pattern -> pattern.getType().equals(condition.getType())
                                && pattern.getStatus().equals(condition.getStatus())))
                .findFirst()
                .map(condition -> "Pod " + name(pod) + " has condition " + condition.getType());
    }

    private static String name(Pod pod) {
        return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    }
}
