package dev.kintsugi.features.run;

import dev.kintsugi.features.cluster.ChaosMesh;
import dev.kintsugi.features.cluster.Cluster;
import dev.kintsugi.features.cluster.existing.ClusterUnavailable;
import dev.kintsugi.features.cluster.existing.Doctor;
import dev.kintsugi.features.cluster.existing.ExistingCluster;
import dev.kintsugi.features.cluster.existing.Finding;
import dev.kintsugi.features.cluster.existing.Finding.Level;
import dev.kintsugi.features.workload.SampleApp;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Looks a cluster over before a run. */
public final class Checkup {

    private static final Duration IMAGE = Duration.ofSeconds(60);

    private Checkup() {}

    /** All of it; runs the image once. */
    public static List<Finding> thorough(Cluster cluster, @Nullable String image) {
        Doctor doctor = doctor(cluster);
        List<Finding> findings = new ArrayList<>(doctor.examine());
        if (allows(findings)) {
            findings.add(doctor.tryImage(Objects.requireNonNullElse(image, SampleApp.IMAGE), IMAGE));
        }
        return List.copyOf(findings);
    }

    /** What stands in the way of a run. Changes nothing; whether the image is there the run finds out soon enough. */
    public static List<Finding> obstacles(Cluster cluster) {
        return doctor(cluster).examine().stream()
                .filter(finding -> finding.level() == Level.FAIL)
                .toList();
    }

    /** That a cluster cannot even be reached. */
    public static Finding unavailable(ClusterUnavailable why) {
        return new Finding(Level.FAIL, "cluster", String.valueOf(why.getMessage()), "");
    }

    /** Whether a run can take place. */
    public static boolean allows(List<Finding> findings) {
        return findings.stream().noneMatch(finding -> finding.level() == Level.FAIL);
    }

    private static Doctor doctor(Cluster cluster) {
        return new Doctor(
                cluster.client(),
                InstantSource.system(),
                () -> cluster instanceof ExistingCluster existing
                        ? existing.chaosMesh()
                        : ChaosMesh.in(cluster.client()));
    }
}
