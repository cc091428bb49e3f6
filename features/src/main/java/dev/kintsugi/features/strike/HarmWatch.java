package dev.kintsugi.features.strike;

import dev.kintsugi.chaos.drive.ClusterFailure;
import dev.kintsugi.chaos.guard.AbortConditions;
import dev.kintsugi.chaos.guard.Health;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** Looks every second whether a fault does more harm than was meant, and says so once. */
public final class HarmWatch implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** What kind of harm. */
    public enum Kind {
        /** A node is lost; whether by the fault nobody can tell. */
        NODE_LOST,
        /** A workload is hurt that is no target. */
        FOREIGN_WORKLOAD,
        /** Too many of the users' requests fail. */
        OBJECTIVE
    }

    /** Why the fault has to end. */
    public record Harm(Kind kind, String reason) {}

    private final AbortConditions conditions;
    private final Supplier<Health> health;
    private final LongConsumer beforeLook;
    private final Consumer<Harm> harmed;
    private final Thread thread;
    private volatile boolean open = true;

    private HarmWatch(
            AbortConditions conditions, Supplier<Health> health, LongConsumer beforeLook, Consumer<Harm> harmed) {
        this.conditions = conditions;
        this.health = health;
        this.beforeLook = beforeLook;
        this.harmed = harmed;
        this.thread = new Thread(this::watch, "harm");
        thread.setDaemon(true);
    }

    /**
     * Begins to look.
     *
     * @param health the cluster now; when that cannot be read nothing is concluded
     * @param beforeLook is told the time before each look, to bring the conditions up to date
     * @param harmed is told at most once, on a thread of this watch, which ends then
     */
    public static HarmWatch start(
            AbortConditions conditions, Supplier<Health> health, LongConsumer beforeLook, Consumer<Harm> harmed) {
        HarmWatch watch = new HarmWatch(conditions, health, beforeLook, harmed);
        watch.thread.start();
        return watch;
    }

    private void watch() {
        while (open) {
            Optional<Harm> harm = look(System.nanoTime());
            if (harm.isPresent() && open) {
                harmed.accept(harm.get());
                return;
            }
            LockSupport.parkNanos(PERIOD.toNanos());
        }
    }

    private Optional<Harm> look(long now) {
        beforeLook.accept(now);
        Optional<Harm> broken = conditions.objective(now).map(why -> new Harm(Kind.OBJECTIVE, why));
        if (broken.isPresent()) {
            return broken;
        }
        try {
            Health seen = health.get();
            return conditions
                    .lost(seen)
                    .map(why -> new Harm(Kind.NODE_LOST, why))
                    .or(() -> conditions.hurt(seen, now).map(why -> new Harm(Kind.FOREIGN_WORKLOAD, why)));
        } catch (ClusterFailure e) {
            return Optional.empty();
        }
    }

    /** Looks no more. What it is about to tell it may still tell. */
    @Override
    public void close() {
        open = false;
        LockSupport.unpark(thread);
    }
}
