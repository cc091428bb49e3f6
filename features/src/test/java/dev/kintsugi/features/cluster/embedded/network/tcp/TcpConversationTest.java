package dev.kintsugi.features.cluster.embedded.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/** The rules one by one: which packets are lost is chosen, and what the applications see is looked at. */
class TcpConversationTest {

    private static final long MILLIS = 1_000_000;
    private static final long HOUR = 3_600_000 * MILLIS;

    /** Loses the packets of one side that have these numbers, counted from 0. */
    private static final class Losing implements Wire {
        private final Side side;
        private final Set<Integer> numbers = new HashSet<>();
        private int sent;

        Losing(Side side, int... numbers) {
            this.side = side;
            for (int number : numbers) {
                this.numbers.add(number);
            }
        }

        @Override
        public void send(Side from, int size, long now, LongConsumer leaves) {
            if (from != side || !numbers.contains(sent++)) {
                leaves.accept(now);
            }
        }
    }

    private static final Wire GOOD = (from, size, now, leaves) -> leaves.accept(now);

    @Test
    void goodPathCostsLessThanAMillisecond() {
        assertThat(connected(GOOD)).isLessThan(MILLIS);
        assertThat(answered(GOOD, 200)).isLessThan(MILLIS);
        assertThat(answered(GOOD, 64 * 1024)).isLessThan(MILLIS);
    }

    @Test
    void lostSynAckCostsASecond() {
        assertThat(connected(new Losing(Side.POD, 0))).isBetween(1_000 * MILLIS, 1_040 * MILLIS);
    }

    @Test
    void synAckIsRepeatedByTheClientsTimerAndByThePodsOwn() {
        assertThat(connected(new Losing(Side.POD, 0, 1)))
                .as("both send one after a second")
                .isBetween(1_000 * MILLIS, 1_040 * MILLIS);
        assertThat(connected(new Losing(Side.POD, 0, 1, 2))).isBetween(2_000 * MILLIS, 2_080 * MILLIS);
        assertThat(connected(new Losing(Side.POD, 0, 1, 2, 3))).isBetween(3_000 * MILLIS, 3_120 * MILLIS);
    }

    @Test
    void lostSynsAreRepeatedEverySecondAtFirstAndThenAtDoublingWaits() {
        assertThat(connected(new Losing(Side.CLIENT, 0, 1, 2))).isBetween(3_000 * MILLIS, 3_120 * MILLIS);
        assertThat(connected(new Losing(Side.CLIENT, 0, 1, 2, 3, 4, 5))).isBetween(7_000 * MILLIS, 7_600 * MILLIS);
    }

    @Test
    void connectTimesOutAfterAboutTwoMinutes() {
        TcpConversation conversation = TcpConversation.connecting((from, size, now, leaves) -> {}, 0);

        assertThat(conversation.advanceToNextEvent(HOUR)).containsExactly(new TcpEvent.TimedOut(Side.CLIENT));
        assertThat(conversation.clock()).isBetween(127_000 * MILLIS, 145_000 * MILLIS);
    }

    @Test
    void lostAnswerCostsTwoHundredMillisecondsThenTwiceThatThenDoubles() {
        assertThat(answered(new Losing(Side.POD, 1), 200)).isBetween(200 * MILLIS, 212 * MILLIS);
        assertThat(answered(new Losing(Side.POD, 1, 2), 200)).isBetween(400 * MILLIS, 425 * MILLIS);
        assertThat(answered(new Losing(Side.POD, 1, 2, 3), 200)).isBetween(800 * MILLIS, 900 * MILLIS);
        assertThat(answered(new Losing(Side.POD, 1, 2, 3, 4), 200)).isBetween(1_600 * MILLIS, 1_750 * MILLIS);
    }

    @Test
    void lostSegmentThatOthersFollowIsRepairedWithinARoundTrip() {
        assertThat(answered(new Losing(Side.POD, 3), 64 * 1024)).isLessThan(5 * MILLIS);
        assertThat(answered(new Losing(Side.POD, 3, 4, 8), 64 * 1024)).isLessThan(5 * MILLIS);
    }

    @Test
    void lostTailIsProbedForWithinMillisecondsWhenSeveralSegmentsAreOut() {
        assertThat(answered(new Losing(Side.POD, 4, 5), 5 * TcpSender.MSS)).isBetween(2 * MILLIS, 15 * MILLIS);
    }

    @Test
    void lostAcknowledgementsDoNotDelayTheAnswer() {
        TcpConversation conversation = TcpConversation.established(new Losing(Side.POD, 0), 0);
        conversation.write(Side.CLIENT, 100, 0);
        List<TcpEvent> events = new ArrayList<>(conversation.advance(10 * MILLIS));
        conversation.write(Side.POD, 200, 10 * MILLIS);
        events.addAll(conversation.advance(11 * MILLIS));

        assertThat(events)
                .containsExactly(new TcpEvent.Delivered(Side.POD, 100), new TcpEvent.Delivered(Side.CLIENT, 200));
    }

    @Test
    void lostRequestIsRepeatedByTheClient() {
        assertThat(answered(new Losing(Side.CLIENT, 0), 200)).isBetween(200 * MILLIS, 212 * MILLIS);
    }

    @Test
    void bytesBehindALostOneWaitForIt() {
        TcpConversation conversation = TcpConversation.established(new Losing(Side.POD, 0), 0);
        conversation.write(Side.POD, 10 * TcpSender.MSS, 0);

        assertThat(conversation.advanceToNextEvent(HOUR))
                .containsExactly(new TcpEvent.Delivered(Side.CLIENT, 10 * TcpSender.MSS));
    }

    @Test
    void secondSmallWriteWaitsForTheAcknowledgementOfTheFirst() {
        List<Integer> sizes = new ArrayList<>();
        TcpConversation conversation = TcpConversation.established(GOOD, 0);
        conversation.write(Side.POD, 100, 0);
        conversation.write(Side.POD, 50, 0);
        conversation.write(Side.POD, 25, 0);
        for (TcpEvent event : conversation.advance(MILLIS)) {
            sizes.add(((TcpEvent.Delivered) event).bytes());
        }

        assertThat(sizes).containsExactly(100, 75);
    }

    @Test
    void delayIsPaidOncePerRoundTrip() {
        Wire slow = (from, size, now, leaves) -> leaves.accept(from == Side.POD ? now + 100 * MILLIS : now);

        assertThat(connected(slow)).isBetween(100 * MILLIS, 101 * MILLIS);
        assertThat(answered(slow, 200)).isBetween(100 * MILLIS, 101 * MILLIS);
    }

    @Test
    void endOfAStreamIsRepeatedLikeData() {
        TcpConversation conversation = TcpConversation.established(new Losing(Side.POD, 0), 0);
        conversation.finish(Side.POD, 0);

        assertThat(conversation.advanceToNextEvent(HOUR)).containsExactly(new TcpEvent.Ended(Side.CLIENT));
        assertThat(conversation.clock()).isBetween(200 * MILLIS, 212 * MILLIS);
    }

    @Test
    void senderThatHearsNothingGivesUpAfterAboutAQuarterOfAnHour() {
        TcpConversation conversation = TcpConversation.established((from, size, now, leaves) -> {}, 0);
        conversation.write(Side.POD, 100, 0);

        assertThat(conversation.advanceToNextEvent(HOUR)).containsExactly(new TcpEvent.TimedOut(Side.POD));
        assertThat(conversation.clock()).isBetween(900_000 * MILLIS, 1_100_000 * MILLIS);
        assertThat(conversation.nextAt()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void conversationThatHasSaidAllIsQuiet() {
        TcpConversation conversation = TcpConversation.established(new Losing(Side.POD, 0), 0);
        conversation.write(Side.POD, 100, 0);
        assertThat(conversation.isQuiet()).isFalse();

        conversation.advance(1_000 * MILLIS);
        assertThat(conversation.isQuiet()).isTrue();
        assertThat(conversation.nextAt()).isEqualTo(Long.MAX_VALUE);
    }

    /** How long connect takes. */
    private static long connected(Wire wire) {
        TcpConversation conversation = TcpConversation.connecting(wire, 0);
        while (conversation.nextAt() < HOUR) {
            if (conversation.advanceToNextEvent(HOUR).contains(new TcpEvent.Connected())) {
                return conversation.clock();
            }
        }
        throw new AssertionError("never connected");
    }

    /** How long an answer of this size takes on a connection that is open; the pod's packet 0 acknowledges the request. */
    private static long answered(Wire wire, int bytes) {
        TcpConversation conversation = TcpConversation.established(wire, 0);
        conversation.write(Side.CLIENT, 100, 0);
        int missing = bytes;
        while (missing > 0 && conversation.nextAt() < HOUR) {
            for (TcpEvent event : conversation.advanceToNextEvent(HOUR)) {
                if (event instanceof TcpEvent.Delivered delivered) {
                    if (delivered.to() == Side.POD) {
                        conversation.write(Side.POD, bytes, conversation.clock());
                    } else {
                        missing -= delivered.bytes();
                    }
                }
            }
        }
        assertThat(missing).isZero();
        return conversation.clock();
    }
}
