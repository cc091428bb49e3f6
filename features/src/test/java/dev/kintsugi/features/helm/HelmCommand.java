package dev.kintsugi.features.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.Release;
import com.marcnuri.helm.ReleaseHistory;
import com.marcnuri.helm.UpgradeCommand;
import java.nio.file.Path;
import java.util.List;

/** Helm as a process of its own: its library does not come back from a server that does not answer, and has to be killed sometimes. */
final class HelmCommand {

    private HelmCommand() {}

    /** Arguments: install, upgrade (and "wait" or "go"), history or status; kubeconfig, namespace, release; chart; values. */
    public static void main(String[] arguments) {
        Path kubeconfig = Path.of(arguments[1]);
        String namespace = arguments[2];
        String release = arguments[3];
        switch (arguments[0]) {
            case "history" ->
                Helm.history(release).withKubeConfig(kubeconfig).withNamespace(namespace).call().stream()
                        .map(HelmCommand::line)
                        .forEach(System.out::println);
            case "status" ->
                print(Helm.status(release)
                        .withKubeConfig(kubeconfig)
                        .withNamespace(namespace)
                        .call());
            case "install" -> {
                InstallCommand install = Helm.install(arguments[5])
                        .withName(release)
                        .withKubeConfig(kubeconfig)
                        .withNamespace(namespace)
                        .createNamespace()
                        .waitReady();
                values(arguments).forEach(value -> install.set(value[0], value[1]));
                print(install.call());
            }
            case "upgrade" -> {
                UpgradeCommand upgrade = Helm.upgrade(arguments[5])
                        .withName(release)
                        .withKubeConfig(kubeconfig)
                        .withNamespace(namespace);
                if (!arguments[4].equals("0")) {
                    upgrade.waitReady().withTimeout(Integer.parseInt(arguments[4]));
                }
                values(arguments).forEach(value -> upgrade.set(value[0], value[1]));
                print(upgrade.call());
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static List<String[]> values(String[] arguments) {
        return List.of(arguments).subList(6, arguments.length).stream()
                .map(value -> value.split("=", 2))
                .toList();
    }

    private static String line(ReleaseHistory revision) {
        return revision.getRevision() + " " + revision.getStatus() + " " + revision.getDescription();
    }

    private static void print(Release release) {
        System.out.println(release.getRevision() + " " + release.getStatus());
    }
}
