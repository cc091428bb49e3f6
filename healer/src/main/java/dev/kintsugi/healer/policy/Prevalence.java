package dev.kintsugi.healer.policy;

/**
 * How common illness is around a target. Ill is what has an open incident.
 *
 * @param illHere how many targets in its namespace
 * @param podsHere how many pods there are in its namespace
 * @param ill how many targets in the cluster
 * @param pods how many pods there are in the cluster
 */
public record Prevalence(int illHere, int podsHere, int ill, int pods) {

    /** Nothing is ill. */
    public static final Prevalence NONE = new Prevalence(0, 0, 0, 0);
}
