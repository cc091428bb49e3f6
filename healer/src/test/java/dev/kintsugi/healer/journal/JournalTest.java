package dev.kintsugi.healer.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.Phase;
import dev.kintsugi.healer.model.Verification;
import dev.kintsugi.healer.model.Verification.Check;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
final class JournalTest {

    private static final Instant T0 = Instant.parse("2026-01-01T12:00:00.123456Z");
    private static final ObjectRef POD = ObjectRef.pod("shop", "web-1", "uid-1");
    private static final ObjectRef WORKLOAD = new ObjectRef("apps/v1", "Deployment", "shop", "web", "uid-2");

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesMockServer server;

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    private Journal journal;

    @BeforeEach
    void start() {
        server.expectCustomResource(CustomResourceDefinitionContext.fromCrd(Journal.definition()));
        journal = new Journal(client);
    }

    @Test
    void createsTheDefinitionOnceWithTheColumnsThatKubectlShows() {
        journal.prepare();
        journal.prepare();
        CustomResourceDefinition definition = client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("recoveries.kintsugi.dev")
                .get();
        CustomResourceDefinitionVersion version =
                definition.getSpec().getVersions().get(0);
        assertThat(definition.getSpec().getNames().getShortNames()).containsExactly("rec");
        assertThat(version.getSubresources().getStatus()).isNotNull();
        assertThat(version.getAdditionalPrinterColumns())
                .extracting("name")
                .containsExactly("Target", "Cause", "Action", "Phase", "Age", "Took");
    }

    @Test
    void whatAnotherHealerReadsIsWhatWasWritten() {
        Incident acting = incident().acting(new Action.DeletePod(POD, false), "PodNotReady/1", T0.plusMillis(3));
        Incident failed = acting.answered(Attempt.Result.FAILED, "429")
                .refused("cooldown", "not now")
                .acting(new Action.RollingRestart(WORKLOAD, T0.plusSeconds(30)), "PodNotReady/2", T0.plusSeconds(30))
                .answered(Attempt.Result.DONE, "");
        Incident healed = failed.verified(
                        new Verification(Check.PASSED, Check.PASSED, Check.PASSED, Check.NOT_RUN), null, "verified")
                .close(Phase.HEALED, T0.plusSeconds(50), "good for 10 s");
        assertThat(journal.write(acting)).isInstanceOf(Journal.Outcome.Written.class);
        assertThat(new Journal(client).read()).containsExactly(acting);
        assertThat(journal.write(healed)).isInstanceOf(Journal.Outcome.Written.class);
        assertThat(new Journal(client).read()).containsExactly(healed);
    }

    @Test
    void publishesWhatOthersRelyOn() {
        journal.write(incident()
                .acting(new Action.DeletePod(POD, false), "PodNotReady/1", T0.plusMillis(3))
                .answered(Attempt.Result.DONE, "")
                .close(Phase.HEALED, T0.plusMillis(1_234), "good"));
        Recovery recovery = client.resources(Recovery.class)
                .inNamespace("shop")
                .withName("web-1-podnotready-1")
                .get();
        assertThat(recovery.getSpec().target().uid()).isEqualTo("uid-1");
        assertThat(recovery.getSpec().cause()).isEqualTo("PodNotReady");
        assertThat(recovery.getStatus().phase()).isEqualTo("Healed");
        assertThat(recovery.getStatus().action()).isEqualTo("DeletePod");
        assertThat(recovery.getStatus().detectedAt()).isEqualTo("2026-01-01T12:00:00.123456Z");
        assertThat(recovery.getStatus().actedAt()).isEqualTo("2026-01-01T12:00:00.126456Z");
        assertThat(recovery.getStatus().took()).isEqualTo("1.234s");
        assertThat(recovery.getStatus().attempts()).singleElement().satisfies(a -> {
            assertThat(a.action()).isEqualTo("DeletePod");
            assertThat(a.result()).isEqualTo("Done");
        });
    }

    @Test
    void recoveryOfANodeIsKeptWhereEventsAboutItAre() {
        Incident own = incident();
        Incident node = new Incident(
                "node1-nodenotready-1",
                new ObjectRef("v1", "Node", "", "node1", "uid-3"),
                null,
                "NodeNotReady",
                own.evidence(),
                own.onset(),
                0,
                1,
                T0,
                own.deadline(),
                Phase.DETECTED,
                List.of(),
                Set.of(),
                null,
                Verification.NOT_RUN,
                null,
                own.detail());
        assertThat(journal.write(node)).isInstanceOf(Journal.Outcome.Written.class);
        assertThat(client.resources(Recovery.class)
                        .inNamespace("default")
                        .list()
                        .getItems())
                .hasSize(1);
        assertThat(new Journal(client).read()).containsExactly(node);
        assertThat(new Journal(client).write(node)).isInstanceOf(Journal.Outcome.Superseded.class);
    }

    @Test
    void recoveryWithoutStatusIsAnIncidentThatWasDetectedAndNoMore() {
        Recovery half = Recoveries.of(incident());
        half.setStatus(null);
        client.resource(half).create();
        assertThat(journal.read()).singleElement().satisfies(i -> {
            assertThat(i.phase()).isEqualTo(Phase.DETECTED);
            assertThat(i.attempts()).isEmpty();
        });
    }

    @Test
    void ofTwoHealersThatFindTheSameOnlyOneMayWriteIt() {
        Journal other = new Journal(client);
        assertThat(journal.write(incident())).isInstanceOf(Journal.Outcome.Written.class);
        assertThat(other.write(incident()))
                .isInstanceOfSatisfying(Journal.Outcome.Superseded.class, s -> assertThat(s.stored())
                        .isEqualTo(incident()));
    }

    @Test
    void recoveryThatSomebodyDeletedIsGone() {
        journal.write(incident());
        client.resources(Recovery.class)
                .inNamespace("shop")
                .withName(incident().id())
                .delete();
        assertThat(journal.write(incident().acting(new Action.Evict(POD), "PodNotReady/1", T0)))
                .isInstanceOf(Journal.Outcome.Gone.class);
    }

    @Test
    void oldClosedRecoveriesAreDeletedAndOpenOnesKept() {
        journal.write(incident());
        Instant later = T0.plusSeconds(100);
        journal.prune(later);
        assertThat(journal.read()).hasSize(1);
        journal.write(incident().close(Phase.UNTOUCHED, T0.plusSeconds(50), ""));
        journal.prune(T0.plusSeconds(50));
        assertThat(journal.read()).hasSize(1);
        journal.prune(later);
        assertThat(journal.read()).isEmpty();
    }

    private static Incident incident() {
        return new Incident(
                "web-1-podnotready-1",
                POD,
                WORKLOAD,
                "PodNotReady",
                "not ready since long",
                T0.minusSeconds(120),
                0,
                1,
                T0,
                T0.plusSeconds(300),
                Phase.DETECTED,
                List.of(),
                Set.of(),
                null,
                Verification.NOT_RUN,
                null,
                "not ready since long");
    }
}
