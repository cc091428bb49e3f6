package dev.kintsugi.features.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * The API server with few objects and with many, and beside the CRUD mode of kubernetes-server-mock. What is compared takes
 * turns within one run, so that a busy machine slows down both.
 */
class ApiServerBenchmark {

    private static final int FEW = 100;
    private static final int MANY = 20_000;
    private static final int MOCK = 10_000;
    private static final String MERGE = "application/merge-patch+json";

    private int round;

    @Test
    void getPatchAndDeliveryCostTheSameHoweverManyObjectsThereAre() throws Exception {
        try (Side few = new Side(FEW);
                Side many = new Side(MANY)) {
            for (int warmUp = 0; warmUp < 20; warmUp++) {
                few.turn(200);
                many.turn(200);
            }
            few.forget();
            many.forget();
            for (int turn = 0; turn < 40; turn++) {
                few.turn(100);
                many.turn(100);
            }
            System.out.printf(
                    Locale.ROOT, "%n%-24s %14s %14s %7s%n", "median, µs", FEW + " objects", MANY + " objects", "ratio");
            double get = compare("get", few.get, many.get);
            double patch = compare("patch", few.patch, many.patch);
            double delivery = compare("patch to watch event", few.delivery, many.delivery);
            assertThat(List.of(get, patch, delivery))
                    .allSatisfy(ratio -> assertThat(ratio).isLessThanOrEqualTo(1.5));
        }
    }

    @Test
    void patchTakesATwentiethOfTheCpuOfTheMockServersCrudMode() throws Exception {
        KubernetesMockServer mock = new KubernetesMockServer(
                new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
        mock.start();
        try (ApiServer server = ApiServer.start(ServerOptions.withSeed(1));
                Connection ours = new Connection(URI.create(server.url()).getPort(), server.token());
                Connection theirs = new Connection(mock.getPort(), "none")) {
            for (int pod = 0; pod < MOCK; pod++) {
                ours.exchange("POST", Pods.PATH, "application/json", Pods.json(pod, false));
                theirs.exchange("POST", Pods.PATH, "application/json", Pods.json(pod, false));
            }
            cpuMicrosPerPatch(ours, 2_000);
            cpuMicrosPerPatch(theirs, 100);
            double cpuOurs = 0;
            double cpuTheirs = 0;
            int turns = 5;
            for (int turn = 0; turn < turns; turn++) {
                cpuOurs += cpuMicrosPerPatch(ours, 1_000) / turns;
                cpuTheirs += cpuMicrosPerPatch(theirs, 100) / turns;
            }
            System.out.printf(
                    Locale.ROOT,
                    "%nCPU per patch at %d pods: %.0f µs here, %.0f µs in kubernetes-server-mock, %.0f times less%n",
                    MOCK,
                    cpuOurs,
                    cpuTheirs,
                    cpuTheirs / cpuOurs);
            assertThat(cpuTheirs / cpuOurs).isGreaterThanOrEqualTo(20);
        } finally {
            mock.shutdown();
        }
    }

    private static double compare(String what, Samples few, Samples many) {
        double ratio = many.medianMicros() / few.medianMicros();
        System.out.printf(
                Locale.ROOT, "%-24s %14.0f %14.0f %7.2f%n", what, few.medianMicros(), many.medianMicros(), ratio);
        return ratio;
    }

    /** CPU of the whole process, this client included, which is the same for both. */
    private double cpuMicrosPerPatch(Connection connection, int patches) throws IOException {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long before = system.getProcessCpuTime();
        for (int i = 0; i < patches; i++) {
            connection.exchange("PATCH", Pods.path(i * 7919 % MOCK), MERGE, Pods.patch(round++));
        }
        return (system.getProcessCpuTime() - before) / 1e3 / patches;
    }

    /** A server with so many pods, one in a hundred of which is watched. */
    private final class Side implements AutoCloseable {
        private final int objects;
        private final ApiServer server = ApiServer.start(ServerOptions.withSeed(1));
        private final Connection requests =
                new Connection(URI.create(server.url()).getPort(), server.token());
        private final Connection watch = new Connection(URI.create(server.url()).getPort(), server.token());
        private Samples get = new Samples();
        private Samples patch = new Samples();
        private Samples delivery = new Samples();

        Side(int objects) throws IOException {
            this.objects = objects;
            for (int pod = 0; pod < objects; pod++) {
                requests.exchange("POST", Pods.PATH, "application/json", Pods.json(pod, pod % 100 == 0));
            }
            watch.watch(Pods.PATH + "?watch=true&labelSelector=watched%3Dyes&allowWatchBookmarks=false");
            awaitAll(objects / 100);
        }

        void turn(int operations) throws IOException {
            for (int i = 0; i < operations; i++) {
                int unwatched = (i * 7919 + 1) % objects;
                long start = System.nanoTime();
                requests.exchange("GET", Pods.path(unwatched), "", "");
                get.add(System.nanoTime() - start);

                start = System.nanoTime();
                requests.exchange(
                        "PATCH",
                        Pods.path(unwatched % 100 == 0 ? unwatched + 1 : unwatched),
                        MERGE,
                        Pods.patch(round++));
                patch.add(System.nanoTime() - start);

                int watched = i % (objects / 100) * 100;
                start = System.nanoTime();
                requests.exchange("PATCH", Pods.path(watched), MERGE, Pods.patch(round));
                awaitEvent("\"round\":\"" + round++ + "\"");
                delivery.add(System.nanoTime() - start);
            }
        }

        /** Events come one or several in a chunk, each a line. */
        private void awaitAll(int events) throws IOException {
            int seen = 0;
            while (seen < events) {
                seen += (int) new String(watch.nextChunk(), UTF_8).lines().count();
            }
        }

        private void awaitEvent(String text) throws IOException {
            while (!new String(watch.nextChunk(), UTF_8).contains(text)) {
                // An event of before, or a bookmark.
            }
        }

        void forget() {
            get = new Samples();
            patch = new Samples();
            delivery = new Samples();
        }

        @Override
        public void close() throws IOException {
            requests.close();
            watch.close();
            server.close();
        }
    }
}
