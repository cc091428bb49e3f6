package dev.kintsugi.reports.model;

/**
 * What was seen of a fault at one target, whatever the experiment's status says of itself.
 *
 * @param target the pod, {@code namespace/name}
 * @param effect whether it bit
 * @param evidence what was measured, with its figures
 */
public record Proof(String target, EffectVerdict effect, String evidence) {

    public Proof {
        Require.text(target, "target");
        Require.present(effect, "effect");
        Require.text(evidence, "evidence");
    }

    @Override
    public String toString() {
        return effect + " " + target + ": " + evidence;
    }
}
