package dev.kintsugi.chaos.emulation.stressor;

/**
 * What a stressor has to do.
 *
 * @param memoryWorkers threads that fill the memory between them; 0 with {@code memoryBytes} 0 means no memory stress
 * @param memoryBytes resident memory to reach, the stressor's own overhead included
 * @param cpuWorkers threads that burn CPU
 * @param cpuLoad percent of a CPU that each of them burns, 0 to 100
 * @param oomScoreAdj −1000 to 1000, as in {@code /proc/PID/oom_score_adj}; 0 leaves it alone
 */
public record StressorSpec(int memoryWorkers, long memoryBytes, int cpuWorkers, int cpuLoad, int oomScoreAdj) {

    public StressorSpec {
        if (memoryWorkers < 0 || memoryBytes < 0 || cpuWorkers < 0 || cpuLoad < 0 || cpuLoad > 100) {
            throw new IllegalArgumentException("workers and bytes must not be negative, load must be from 0 to 100: "
                    + memoryWorkers + " memory workers, " + memoryBytes + " bytes, " + cpuWorkers
                    + " CPU workers, load "
                    + cpuLoad);
        }
    }

    /** Memory alone, filled by one worker. */
    public static StressorSpec memory(long bytes) {
        return new StressorSpec(1, bytes, 0, 0, 0);
    }

    /** CPU alone. */
    public static StressorSpec cpu(int workers, int load) {
        return new StressorSpec(0, 0, workers, load, 0);
    }

    /** Whether there is anything to do. */
    public boolean isIdle() {
        return (memoryWorkers == 0 || memoryBytes == 0) && (cpuWorkers == 0 || cpuLoad == 0);
    }
}
