package dev.kintsugi.features.cluster.embedded.network;

import dev.kintsugi.features.cluster.embedded.network.tcp.Side;
import dev.kintsugi.features.cluster.embedded.network.tcp.TcpConversation;
import dev.kintsugi.features.cluster.embedded.network.tcp.TcpEvent;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets a {@link TcpConversation} pass in real time: hands its events to the relay when they are due. Belongs to one event
 * loop.
 */
final class Crossing {

    /**
     * What is due within this time happens now: an event loop's timers are as coarse, and a good path's round trips must not
     * each wait for one.
     */
    private static final long SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** All crossings share one clock, since they share the queues on the path. */
    private static final long ORIGIN = System.nanoTime();

    private final EventLoop loop;
    private final Consumer<TcpEvent> onEvent;
    private final TcpConversation conversation;
    /** What has happened and was not handed over yet: one packet can both open a connection and carry its first bytes. */
    private final Queue<TcpEvent> happened = new ArrayDeque<>();

    private @Nullable ScheduledFuture<?> alarm;
    private long alarmAt = Long.MAX_VALUE;
    private boolean running;
    private boolean held;
    private boolean stopped;

    Crossing(EventLoop loop, Function<Long, TcpConversation> start, Consumer<TcpEvent> onEvent) {
        this.loop = loop;
        this.onEvent = onEvent;
        this.conversation = start.apply(elapsed());
    }

    void write(Side from, int bytes) {
        conversation.write(from, bytes, elapsed());
        run();
    }

    void finish(Side from) {
        conversation.finish(from, elapsed());
        run();
    }

    boolean isQuiet() {
        return happened.isEmpty() && conversation.isQuiet();
    }

    private static long elapsed() {
        return System.nanoTime() - ORIGIN;
    }

    /** Does all that is due and sets the alarm for the next. */
    void run() {
        if (running) {
            return;
        }
        running = true;
        while (!stopped && !held) {
            if (happened.isEmpty()) {
                long horizon = elapsed() + SLACK_NANOS;
                if (conversation.nextAt() > horizon) {
                    break;
                }
                happened.addAll(conversation.advanceToNextEvent(horizon));
            } else {
                onEvent.accept(happened.remove());
            }
        }
        running = false;
        setAlarm();
    }

    private void setAlarm() {
        long next = stopped || held ? Long.MAX_VALUE : conversation.nextAt();
        if (next == alarmAt) {
            return;
        }
        if (alarm != null) {
            alarm.cancel(false);
        }
        alarmAt = next;
        alarm = next == Long.MAX_VALUE
                ? null
                : loop.schedule(this::alarmed, Math.max(0, next - elapsed()), TimeUnit.NANOSECONDS);
    }

    private void alarmed() {
        alarmAt = Long.MAX_VALUE;
        run();
    }

    /** Lets nothing more happen until {@link #resume()}. */
    void hold() {
        held = true;
    }

    void resume() {
        held = false;
        run();
    }

    void stop() {
        stopped = true;
        setAlarm();
    }
}
