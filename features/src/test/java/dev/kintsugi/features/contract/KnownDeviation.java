package dev.kintsugi.features.contract;

import dev.kintsugi.features.contract.Comparison.Difference;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A way in which the embedded cluster is known to differ from the recorded one. The contract test fails when one is not met any more.
 *
 * @param recording whole name of the scenarios concerned
 * @param difference of what {@link Difference#toString()} says, found anywhere
 * @param reason why it is so
 */
record KnownDeviation(Pattern recording, Pattern difference, String reason) {

    static final List<KnownDeviation> ALL = List.of(
            of(
                    "11-.*",
                    "FailedScheduling",
                    "the recorded scheduler tried again when another pod was bound, which its documentation has no rule for"),
            of(
                    "15b-.*",
                    "PodDisruptionBudget: #(observedG|g)eneration",
                    "the recorder changed the budget as well, but stopped before its watch told"),
            of(
                    "2[0123456]-.*",
                    "two controllers: invalid|core.PodSpec\\{|patch: Invalid value: .\"\\{",
                    "the real text quotes a structure of its program, or an object in its order of fields"),
            of("22-.*", "kubectl get nodes: Table", "it tells of another machine"),
            of("2[04]-.*", "/(gitCommit|goVersion): ", "it is another program"),
            of("24-.*", "serverAddressByClientCIDRs/0/serverAddress", "it is another address"),
            of(
                    "15-.*",
                    "^Pod of ReplicaSet of Deployment web 4 |Available.*never recorded there .True MinimumReplicasAvailable",
                    "the recording ends a moment before its last pod is ready"),
            of("2[04]-.*", "application/vnd.kubernetes.protobuf", "answers are not offered in protobuf"),
            of("21-.*", "escapes ~1 and ~0", "the same cause is told another number of times"),
            of("24-.*", "readyz.verbose", "it checks less"),
            of("24-.*", "1.28 answers v2beta1", "the recorder kept the head of the body only"),
            of("26-.*", "another version in the body", "the warning is missing"));

    private static KnownDeviation of(String recording, String difference, String reason) {
        return new KnownDeviation(Pattern.compile(recording), Pattern.compile(difference, Pattern.DOTALL), reason);
    }

    boolean covers(String scenario, Difference found) {
        return recording.matcher(scenario).matches()
                && difference.matcher(found.toString()).find();
    }
}
