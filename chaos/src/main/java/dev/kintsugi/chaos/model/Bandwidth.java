package dev.kintsugi.chaos.model;

/**
 * What is sent is held to a rate by a token bucket ({@code tbf}).
 *
 * @param bytesPerSecond at least 1
 * @param limitBytes how much may wait; what is more is dropped; 1 to 2³¹ − 1
 * @param bufferBytes what may be sent at once after a pause; 1 to 2³¹ − 1
 */
public record Bandwidth(long bytesPerSecond, long limitBytes, long bufferBytes, Traffic traffic)
        implements Fault.Network {

    private static final long ROOM = 1 << 20;
    private static final long BURST = 10_000;

    public Bandwidth {
        traffic.requireSender();
        requireWithin("spec.bandwidth.rate", bytesPerSecond, Long.MAX_VALUE);
        requireWithin("spec.bandwidth.limit", limitBytes, Integer.MAX_VALUE);
        requireWithin("spec.bandwidth.buffer", bufferBytes, Integer.MAX_VALUE);
    }

    private static void requireWithin(String field, long bytes, long most) {
        if (bytes < 1 || bytes > most) {
            throw new InvalidExperiment(
                    field, bytes, "must be from 1 to " + most, "give a whole number of bytes in this range");
        }
    }

    /** All that leaves the selected pods, with room for 1 MiB to wait. */
    public static Bandwidth outgoing(long bytesPerSecond) {
        return new Bandwidth(bytesPerSecond, ROOM, BURST, Traffic.outgoing());
    }

    @Override
    public Bandwidth with(Traffic other) {
        return new Bandwidth(bytesPerSecond, limitBytes, bufferBytes, other);
    }

    @Override
    public String action() {
        return "bandwidth";
    }

    @Override
    public <T> T accept(Fault.Visitor<T> visitor) {
        return visitor.bandwidth(this);
    }
}
