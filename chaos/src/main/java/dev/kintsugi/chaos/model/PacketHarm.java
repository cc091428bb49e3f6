package dev.kintsugi.chaos.model;

import java.util.Locale;

/**
 * Packets are sent twice, or damaged on their way. A damaged one fails its checksum, so that its receiver drops it; of one that
 * came twice TCP drops the second, so that only the way is burdened.
 *
 * @param correlation how much each one depends on the one before
 */
public record PacketHarm(Harm harm, Percentage share, Percentage correlation, Traffic traffic)
        implements Fault.Network {

    /** What befalls a packet. */
    public enum Harm {
        DUPLICATE,
        CORRUPT
    }

    public PacketHarm {
        traffic.requireSender();
    }

    /** A share of all that leaves the selected pods, each packet independently of the others. */
    public static PacketHarm outgoing(Harm harm, double percent) {
        return new PacketHarm(harm, Percentage.of(percent), Percentage.ZERO, Traffic.outgoing());
    }

    @Override
    public PacketHarm with(Traffic other) {
        return new PacketHarm(harm, share, correlation, other);
    }

    @Override
    public String action() {
        return harm.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public <T> T accept(Fault.Visitor<T> visitor) {
        return visitor.packetHarm(this);
    }
}
