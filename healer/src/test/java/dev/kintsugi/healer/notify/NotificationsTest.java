package dev.kintsugi.healer.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.healer.model.Notice;
import dev.kintsugi.healer.model.ObjectRef;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
final class NotificationsTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Notice NOTICE = new Notice(
            Notice.Reason.ACTED, "web-1-podfailed-1", ObjectRef.pod("shop", "web-1", "uid-1"), "1", "DeletePod: DONE");

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    @Test
    void failingAndSlowNotifiersHoldUpNobodyAndAreCounted() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        List<String> failed = new CopyOnWriteArrayList<>();
        CountDownLatch never = new CountDownLatch(1);
        Notifier broken = notifier("broken", n -> {
            throw new IllegalStateException("no such channel");
        });
        Notifier slow = notifier("slow", n -> awaitQuietly(never));
        Notifier good = notifier("good", n -> told.add(n.message()));
        try (Notifications notifications = new Notifications(List.of(broken, slow, good), failed::add)) {
            notifications.tell(NOTICE);
            await().atMost(SOON).until(() -> told.equals(List.of("DeletePod: DONE")));
            await().atMost(SOON).until(() -> failed.equals(List.of("broken")));
        } finally {
            never.countDown();
        }
    }

    @Test
    void noticesAreToldInTheirOrder() {
        List<String> told = new CopyOnWriteArrayList<>();
        List<String> sent = new ArrayList<>();
        try (Notifications notifications =
                new Notifications(List.of(notifier("good", n -> told.add(n.key()))), name -> {})) {
            for (int i = 0; i < 100; i++) {
                sent.add(Integer.toString(i));
                notifications.tell(new Notice(Notice.Reason.ACTED, "id", NOTICE.about(), Integer.toString(i), ""));
            }
        }
        assertThat(told).isEqualTo(sent);
    }

    @Test
    void eventStandsOnItsObjectAndNamesTheIncidentOnce() {
        Instant now = Instant.parse("2026-01-01T12:00:00.123456Z");
        KubernetesEvents events = new KubernetesEvents(client, Clock.fixed(now, ZoneOffset.UTC), "healer-0");
        events.tell(NOTICE);
        events.tell(NOTICE);
        List<Event> found = client.v1().events().inNamespace("shop").list().getItems();
        assertThat(found).singleElement().satisfies(event -> {
            assertThat(event.getReason()).isEqualTo("RecoveryActed");
            assertThat(event.getType()).isEqualTo("Normal");
            assertThat(event.getInvolvedObject().getUid()).isEqualTo("uid-1");
            assertThat(event.getEventTime().getTime()).isEqualTo("2026-01-01T12:00:00.123456Z");
            assertThat(event.getReportingComponent()).isEqualTo("kintsugi-healer");
            assertThat(event.getMetadata().getAnnotations())
                    .containsEntry(KubernetesEvents.CORRELATION_ID, "web-1-podfailed-1");
        });
    }

    private interface Telling {
        void tell(Notice notice);
    }

    private static Notifier notifier(String name, Telling telling) {
        return new Notifier() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void tell(Notice notice) {
                telling.tell(notice);
            }
        };
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
