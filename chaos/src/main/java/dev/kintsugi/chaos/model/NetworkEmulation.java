package dev.kintsugi.chaos.model;

import java.time.Duration;

/**
 * Several harms at once ({@code netem}): packets are lost, and those that are not are late.
 *
 * @param loss above 0, or else the latency is
 */
public record NetworkEmulation(Percentage loss, Duration latency, Duration jitter, Traffic traffic)
        implements Fault.Network {

    public NetworkEmulation {
        traffic.requireSender();
        if (latency.isNegative() || jitter.isNegative() || (latency.isZero() && loss.value() == 0)) {
            throw new InvalidExperiment(
                    "spec.delay.latency",
                    GoDuration.format(latency),
                    "must not be negative, and not 0 without a loss",
                    "give a duration such as 100ms");
        }
    }

    @Override
    public NetworkEmulation with(Traffic other) {
        return new NetworkEmulation(loss, latency, jitter, other);
    }

    @Override
    public String action() {
        return "netem";
    }

    @Override
    public <T> T accept(Fault.Visitor<T> visitor) {
        return visitor.networkEmulation(this);
    }
}
