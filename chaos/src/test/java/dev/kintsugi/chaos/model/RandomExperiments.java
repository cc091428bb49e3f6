package dev.kintsugi.chaos.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Valid experiments of every kind, drawn by a seed. */
public final class RandomExperiments {
    private final SplittableRandom random;

    public RandomExperiments(long seed) {
        this.random = new SplittableRandom(seed);
    }

    public Experiment next() {
        return new Experiment("experiment-" + random.nextInt(1000), "shop", target(), fault(), duration());
    }

    private Target target() {
        Mode mode =
                switch (random.nextInt(5)) {
                    case 0 -> Mode.one();
                    case 1 -> Mode.all();
                    case 2 -> Mode.fixed(random.nextInt(1, 5));
                    case 3 -> Mode.fixedPercent(random.nextInt(1, 101));
                    default -> new Mode(Mode.Kind.RANDOM_MAX_PERCENT, random.nextInt(1, 101));
                };
        Selector selector = random.nextBoolean()
                ? Selector.labelled("shop", Map.of("app", "web"))
                : new Selector(List.of(), Map.of(), Map.of("shop", List.of("web-1", "web-2")));
        return new Target(selector, mode);
    }

    private @Nullable Duration duration() {
        return random.nextBoolean() ? null : Duration.ofMillis(random.nextLong(1, 10_000_000));
    }

    private Fault fault() {
        return switch (random.nextInt(16)) {
            case 0 -> new Fault.PodKill(random.nextInt(100));
            case 1 -> new Fault.PodFailure();
            case 2 -> new Fault.ContainerKill(List.of("app"));
            case 3 -> new Fault.NetworkLoss(percentage(), percentage(), traffic());
            case 4 ->
                new Fault.NetworkDelay(
                        Duration.ofNanos(random.nextLong(10_000_000_000L)),
                        Duration.ofMillis(random.nextInt(100_000)),
                        percentage(),
                        traffic());
            case 5 -> new Fault.NetworkPartition(traffic());
            case 6 ->
                new Fault.MemoryStress(
                        random.nextInt(5),
                        random.nextBoolean()
                                ? new MemorySize.ShareOfLimit(random.nextInt(101))
                                : new MemorySize.Bytes(64L << 20),
                        random.nextInt(-1000, 1001),
                        List.of());
            case 7, 8 ->
                new PacketHarm(
                        random.nextBoolean() ? PacketHarm.Harm.DUPLICATE : PacketHarm.Harm.CORRUPT,
                        percentage(),
                        percentage(),
                        traffic());
            case 9 ->
                new NetworkEmulation(
                        percentage(),
                        Duration.ofMillis(random.nextInt(1, 5_000)),
                        Duration.ofMillis(random.nextInt(100)),
                        traffic());
            case 10 -> new Bandwidth(random.nextLong(1, 1 << 30), random.nextLong(1, 1 << 20), 10_000, traffic());
            case 11 -> http(new HttpRule.Change.Abort());
            case 12 -> http(new HttpRule.Change.Delay(Duration.ofMillis(random.nextInt(1, 10_000))));
            case 13 -> http(new HttpRule.Change.Status(random.nextInt(100, 600)));
            case 14 -> http(new HttpRule.Change.Header("X-Chaos", "yes"));
            default -> new Fault.CpuStress(random.nextInt(5), random.nextInt(101), List.of("app"));
        };
    }

    private Fault http(HttpRule.Change change) {
        return new HttpRule(random.nextInt(1, 65_536), change);
    }

    private Percentage percentage() {
        return Percentage.of(random.nextInt(0, 1001) / 10.0);
    }

    private Traffic traffic() {
        return switch (random.nextInt(4)) {
            case 0 -> Traffic.outgoing();
            case 1 -> new Traffic(Direction.TO, null, List.of("10.0.0.0/8"));
            case 2 -> Traffic.with(Direction.FROM, target());
            default -> Traffic.with(Direction.BOTH, target());
        };
    }
}
