package dev.kintsugi.sample;

import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/** What the faults that are on do to the process and to its requests. */
record Effects(
        LeakedMemory leak,
        PendingCrash crash,
        Slot<Errors> errors,
        CpuBurner cpu,
        Slot<Latency> latency,
        HangGate hang) {

    static Effects none(Clock clock, Log log, IntConsumer halt) {
        return new Effects(
                new LeakedMemory(log),
                new PendingCrash(log, halt),
                new Slot<>(clock),
                new CpuBurner(),
                new Slot<>(clock),
                new HangGate());
    }

    /** Switches every fault off; memory is given back, requests that hang are served. */
    void reset() {
        leak.release();
        crash.cancel();
        errors.clear();
        cpu.stop();
        latency.clear();
        hang.open();
    }

    /** Whether each kind of fault is on, by its name. */
    Map<String, Boolean> active() {
        return new TreeMap<>(Map.of(
                MemoryLeak.KIND.name(), leak.bytes() > 0,
                Crash.KIND.name(), crash.isPending(),
                Errors.KIND.name(), errors.now().isPresent(),
                CpuLoad.KIND.name(), cpu.isBurning(),
                Latency.KIND.name(), latency.now().isPresent(),
                Hang.KIND.name(), hang.isShut()));
    }
}
