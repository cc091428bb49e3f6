package dev.kintsugi.features.cluster.k3s;

import java.nio.file.Path;

/** What is done to a k3s node until scenarios can run on it. */
interface K3sNode extends AutoCloseable {

    /** Starts it. */
    void start();

    /** Its kubeconfig, for this machine. */
    String kubeconfig();

    /** Gives it the images in an archive. */
    void importImages(Path archive) throws InterruptedException;

    @Override
    void close();
}
