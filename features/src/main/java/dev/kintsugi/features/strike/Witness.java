package dev.kintsugi.features.strike;

import dev.kintsugi.chaos.guard.Aim;
import dev.kintsugi.chaos.guard.Member;
import dev.kintsugi.chaos.guard.Plan;
import dev.kintsugi.chaos.manifest.Part;
import dev.kintsugi.reports.model.Proof;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/** Looks at one target before and during a fault, and says whether it was bitten. */
interface Witness extends AutoCloseable {

    /** Looks once more; called from time to time, from before the fault on. */
    void look();

    /** Whether nothing more is to be learnt by looking on. */
    boolean isSure();

    /**
     * What was seen.
     *
     * @param requestedNanos before when the fault cannot have begun, by {@code System.nanoTime}
     * @param injectedNanos from when it was in force
     * @param liftedNanos and until when; now, if it still is
     */
    Proof proof(long requestedNanos, long injectedNanos, long liftedNanos);

    @Override
    void close();

    /** One for each target of an experiment; none for a plan whose victims are chosen at each run. */
    static List<Witness> of(Plan plan, KubernetesClient client, Vertx vertx) {
        List<Witness> witnesses = new ArrayList<>();
        for (Aim aim : plan.aims()) {
            if (aim.pinned() && aim.isBroken()) {
                for (Member victim : aim.victims()) {
                    witnesses.add(of(aim.part(), victim, client, vertx));
                }
            }
        }
        return List.copyOf(witnesses);
    }

    private static Witness of(Part part, Member victim, KubernetesClient client, Vertx vertx) {
        return switch (part.kind()) {
            case "PodChaos" -> new PodWitness(part, victim, client);
            case "NetworkChaos", "HTTPChaos" -> PathWitness.of(part, victim, client, vertx);
            case "StressChaos" -> new UsageWitness(part, victim, client);
            default -> new Blind(victim, "nothing of a " + part.kind() + " can be seen from outside");
        };
    }

    /** Sees nothing, and says why. */
    record Blind(Member victim, String why) implements Witness {
        @Override
        public void look() {}

        @Override
        public boolean isSure() {
            return true;
        }

        @Override
        public Proof proof(long requestedNanos, long injectedNanos, long liftedNanos) {
            return dev.kintsugi.features.recording.Proofs.unknown(victim.pod().id(), why);
        }

        @Override
        public void close() {}
    }
}
