package dev.kintsugi.chaos.model;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One thing to break, where, and for how long.
 *
 * @param name of the resource, unique in its namespace among experiments of its kind
 * @param namespace where the resource lives; also where its selectors look when they name no namespace
 * @param duration counted from the resource's creation; null means until it is removed. Longer than 0
 */
public record Experiment(
        String name,
        String namespace,
        Target target,
        Fault fault,
        @Nullable Duration duration) {
    /** Leaves room for the name of an Event, which adds 17 characters. */
    private static final int MAX_NAME = 236;

    private static final Pattern DNS_SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    public Experiment {
        if (name.length() > MAX_NAME || !DNS_SUBDOMAIN.matcher(name).matches()) {
            throw new InvalidExperiment(
                    "metadata.name",
                    name,
                    "must be a lowercase RFC 1123 subdomain of at most " + MAX_NAME + " characters",
                    "use lower case letters, digits, '-' and '.', such as checkout-pod-kill");
        }
        Selector.requireNamespace("metadata.namespace", namespace);
        if (duration != null && (duration.isZero() || duration.isNegative())) {
            throw new InvalidExperiment(
                    "spec.duration",
                    GoDuration.format(duration),
                    "must be longer than 0",
                    "give a duration such as 30s, or none for an experiment that lasts until it is removed");
        }
    }

    /** The same experiment on other targets. */
    public Experiment withTarget(Target other) {
        return new Experiment(name, namespace, other, fault, duration);
    }

    /** The same experiment with another fault. */
    public Experiment withFault(Fault other) {
        return new Experiment(name, namespace, target, other, duration);
    }

    @Override
    public String toString() {
        return fault.kind().text() + " " + namespace + "/" + name;
    }
}
