package dev.kintsugi.features.cluster.embedded.network.tcp;

import org.junit.jupiter.api.Test;

class RecordedLossTest {

    @Test
    void explore() {
        for (String kind : new String[] {"new-200B", "keep-200B", "new-64KiB"}) {
            for (String loss : new String[] {"0", "0.05", "0.1", "0.3", "0.5", "0.8"}) {
                Recording recorded = Recording.load(kind + "-loss-" + loss);
                SimulatedClient client =
                        new SimulatedClient(Double.parseDouble(loss), Recording.load(kind + "-loss-0"), 1);
                int n = recorded.requests();
                java.util.List<Double> all = new java.util.ArrayList<>();
                int failed = 0;
                for (int run = 0; run < 10; run++) {
                    Recording one =
                            switch (kind) {
                                case "new-200B" -> client.onNewConnections(n, 25_000_000, 200);
                                case "keep-200B" -> client.onKeptConnections(n, 25_000_000, 200, 50);
                                default -> client.onNewConnections(n, 50_000_000, 65536);
                            };
                    for (double d : one.latencies()) all.add(d);
                    failed += one.failed();
                }
                Recording simulated = Recording.of("simulated", all, failed);
                System.err.println(recorded);
                System.err.println(simulated);
                if (simulated.latencies().length > 0 && recorded.latencies().length > 0)
                    System.err.printf("   KS %.3f%n", recorded.distanceTo(simulated));
            }
        }
    }
}
