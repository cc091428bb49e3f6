package dev.kintsugi.reports.model;

/** Whether a fault was seen to bite a target. */
public enum EffectVerdict {
    /** It did what was asked for, by what could be measured from outside. */
    CONFIRMED,
    /** The target was measured, and is as it was before. */
    NO_EFFECT,
    /** It cannot be told: it could not be measured, or what was measured is neither. */
    INCONCLUSIVE
}
