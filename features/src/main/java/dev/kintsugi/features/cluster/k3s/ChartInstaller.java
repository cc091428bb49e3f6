package dev.kintsugi.features.cluster.k3s;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import java.net.URI;
import java.nio.file.Path;

/**
 * Installs the chart, as a process of its own: Helm's library does not come back from a server that does not answer, and heeds
 * no signal. A failure ends it with its trace on standard error.
 */
final class ChartInstaller {

    private ChartInstaller() {}

    /** Arguments: the kubeconfig, and the chart's archive or folder if it is not the published one. */
    public static void main(String[] arguments) {
        Path chart = arguments.length > 1 ? Path.of(arguments[1]) : null;
        command(new ChaosMeshRelease(chart), Path.of(arguments[0])).call();
    }

    static InstallCommand command(ChaosMeshRelease release, Path kubeconfig) {
        InstallCommand install;
        if (release.chart() == null) {
            Helm.repo()
                    .add()
                    .withName(ChaosMeshRelease.NAME)
                    .withUrl(URI.create(ChaosMeshRelease.REPOSITORY))
                    .call();
            install = Helm.install(ChaosMeshRelease.NAME + "/" + ChaosMeshRelease.NAME)
                    .withVersion(ChaosMeshRelease.VERSION);
        } else {
            install = Helm.install(release.chart().toString());
        }
        install.withName(ChaosMeshRelease.NAME)
                .withNamespace(ChaosMeshRelease.NAMESPACE)
                .createNamespace()
                .withKubeConfig(kubeconfig)
                .waitReady();
        ChaosMeshRelease.VALUES.forEach(install::set);
        return install;
    }
}
