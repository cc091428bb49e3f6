package dev.kintsugi.features.cluster.embedded.network.tcp;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What was sent and is not acknowledged, in the order of the stream, with what is thought to have become of it. */
final class Scoreboard {

    private final List<Segment> segments = new ArrayList<>();

    boolean isEmpty() {
        return segments.isEmpty();
    }

    int size() {
        return segments.size();
    }

    Segment head() {
        return segments.get(0);
    }

    Segment get(int index) {
        return segments.get(index);
    }

    List<Segment> segments() {
        return segments;
    }

    void add(Segment segment) {
        segments.add(segment);
    }

    /** Takes notice of what the receiver has beyond what it acknowledges. */
    void sack(List<Packet.Range> ranges, Consumer<Segment> newlySacked) {
        if (ranges.isEmpty()) {
            return;
        }
        for (Segment segment : segments) {
            if (!segment.sacked && ranges.stream().anyMatch(range -> range.covers(segment.seq, segment.end()))) {
                newlySacked.accept(segment);
                segment.sacked = true;
            }
        }
    }

    /** Removes what lies before {@code ack}. */
    void acknowledge(long ack, Consumer<Segment> removed) {
        while (!segments.isEmpty() && segments.get(0).end() <= ack) {
            removed.accept(segments.remove(0));
        }
    }

    /** Makes those after a segment part of it as far as they fit in with it (tcp_retrans_try_collapse). */
    Segment collapse(int index) {
        Segment segment = segments.get(index);
        while (index + 1 < segments.size() && segment.takesIn(segments.get(index + 1), TcpSender.MSS)) {
            segments.remove(index + 1);
        }
        return segment;
    }

    int inFlight() {
        int count = 0;
        for (Segment segment : segments) {
            if (segment.inFlight()) {
                count++;
            }
        }
        return count;
    }

    int sacked() {
        int count = 0;
        for (Segment segment : segments) {
            if (segment.sacked) {
                count++;
            }
        }
        return count;
    }

    boolean anyLost() {
        return segments.stream().anyMatch(segment -> segment.lost && !segment.sacked);
    }

    /** The first that is lost and was not sent again since, or -1. */
    int firstToRepair() {
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            if (segment.lost && !segment.sacked && !segment.repairing) {
                return i;
            }
        }
        return -1;
    }
}
