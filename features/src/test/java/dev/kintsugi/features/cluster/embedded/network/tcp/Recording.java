package dev.kintsugi.features.cluster.embedded.network.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Latencies that a client saw, as they were recorded on a real path or came out of a simulation. */
final class Recording {

    private final String name;
    /** Of the requests that succeeded, in ms, ascending. */
    private final double[] latencies;

    private final int failed;

    private Recording(String name, double[] latencies, int failed) {
        this.name = name;
        this.latencies = latencies;
        this.failed = failed;
    }

    /** @param latencies of the requests that succeeded, in ms, in any order */
    static Recording of(String name, List<Double> latencies, int failed) {
        double[] sorted =
                latencies.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Recording(name, sorted, failed);
    }

    static Recording load(String name) {
        String resource = "/network-recordings/" + name + ".csv";
        List<Double> latencies = new ArrayList<>();
        int failed = 0;
        try (InputStream in = Objects.requireNonNull(Recording.class.getResourceAsStream(resource), resource);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
            for (String line : lines.lines().skip(1).toList()) {
                String[] cells = line.split(",", -1);
                if (cells[3].equals("ok")) {
                    latencies.add(Double.parseDouble(cells[2]));
                } else {
                    failed++;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return of(name, latencies, failed);
    }

    List<Double> latencies() {
        return Arrays.stream(latencies).boxed().toList();
    }

    int failed() {
        return failed;
    }

    int requests() {
        return latencies.length + failed;
    }

    double failedShare() {
        return (double) failed / requests();
    }

    /** The latency that this share of the successful requests kept to, in ms. */
    double percentile(double share) {
        return latencies[Math.min(latencies.length - 1, (int) (share * latencies.length))];
    }

    /** The largest difference of the two distributions of success within a time; the first 10 ms count as one. */
    double distanceTo(Recording other) {
        double largest = 0;
        for (double[] points : List.of(latencies, other.latencies)) {
            for (double point : points) {
                double at = Math.max(10, point);
                largest = Math.max(largest, Math.abs(within(at) - other.within(at)));
            }
        }
        return largest;
    }

    /** The most by which more of all requests, failed ones too, succeed within a time here than there; the first 10 ms count as one. */
    double mostBeyond(Recording other) {
        double most = 0;
        for (double point : latencies) {
            double at = Math.max(10, point);
            most = Math.max(most, within(at) * (1 - failedShare()) - other.within(at) * (1 - other.failedShare()));
        }
        return most;
    }

    private double within(double millis) {
        if (latencies.length == 0) {
            return 0;
        }
        int index = Arrays.binarySearch(latencies, millis);
        while (index >= 0 && index + 1 < latencies.length && latencies[index + 1] == millis) {
            index++;
        }
        return (double) (index >= 0 ? index + 1 : -index - 1) / latencies.length;
    }

    @Override
    public String toString() {
        if (latencies.length == 0) {
            return String.format("%-24s %5.1f %% failed", name, 100 * failedShare());
        }
        return String.format(
                "%-24s %5.1f %% failed, p50 %7.1f p90 %7.1f p99 %7.1f ms",
                name, 100 * failedShare(), percentile(0.5), percentile(0.9), percentile(0.99));
    }
}
