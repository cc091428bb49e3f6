package dev.kintsugi.features.cluster.embedded.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Whatever the path does, each side gets all that the other wrote, once, and then its end. */
class TcpReliabilityTest {

    private static final long HOUR = 3_600_000_000_000L;

    @Property(tries = 300)
    void everythingArrivesOnceAndThenTheEnd(
            @ForAll long seed,
            @ForAll @DoubleRange(min = 0, max = 0.6) double loss,
            @ForAll @DoubleRange(min = 0, max = 0.5) double doubled,
            @ForAll @LongRange(min = 0, max = 300_000_000) long jitter,
            @ForAll @IntRange(min = 0, max = 200_000) int request,
            @ForAll @IntRange(min = 0, max = 200_000) int answer) {
        SplittableRandom random = new SplittableRandom(seed);
        Wire wire = (from, size, now, leaves) -> {
            if (random.nextDouble() < doubled) {
                leaves.accept(now);
            }
            if (random.nextDouble() >= loss) {
                leaves.accept(now + (jitter == 0 ? 0 : random.nextLong(jitter)));
            }
        };
        TcpConversation conversation = TcpConversation.connecting(wire, 0);
        write(conversation, Side.CLIENT, request, random);

        Map<Side, Integer> received = new EnumMap<>(Map.of(Side.CLIENT, 0, Side.POD, 0));
        Set<Side> ended = EnumSet.noneOf(Side.class);
        boolean timedOut = false;
        while (conversation.nextAt() < 10 * HOUR) {
            for (TcpEvent event : conversation.advanceToNextEvent(10 * HOUR)) {
                if (event instanceof TcpEvent.Accepted) {
                    write(conversation, Side.POD, answer, random);
                } else if (event instanceof TcpEvent.Delivered delivered) {
                    assertThat(ended).doesNotContain(delivered.to());
                    received.merge(delivered.to(), delivered.bytes(), Integer::sum);
                } else if (event instanceof TcpEvent.Ended end) {
                    assertThat(ended.add(end.to())).isTrue();
                } else if (event instanceof TcpEvent.TimedOut) {
                    timedOut = true;
                }
            }
        }
        if (!timedOut) {
            assertThat(received).isEqualTo(Map.of(Side.CLIENT, answer, Side.POD, request));
            assertThat(ended).containsExactlyInAnyOrder(Side.CLIENT, Side.POD);
            assertThat(conversation.isQuiet()).isTrue();
        } else {
            assertThat(loss).as("a path this good never makes anybody give up").isGreaterThan(0.3);
        }
    }

    private static void write(TcpConversation conversation, Side from, int bytes, SplittableRandom random) {
        int left = bytes;
        while (left > 0) {
            int part = Math.min(left, 1 + random.nextInt(50_000));
            conversation.write(from, part, conversation.clock());
            left -= part;
        }
        conversation.finish(from, conversation.clock());
    }
}
