package dev.kintsugi.features.cluster.apiserver;

import io.fabric8.kubeapitest.cert.CertManager;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.bouncycastle.asn1.x509.GeneralName;

/**
 * By what a server of this machine is known: a certificate for 127.0.0.1, signed by itself.
 *
 * @param certificate PEM
 * @param key PEM
 */
record Identity(Path certificate, Path key) {

    /** A new one. */
    static Identity in(Path folder) {
        Path certificate = folder.resolve("local.crt");
        Path key = folder.resolve("local.key");
        CertManager.generateKeyAndCertificate(
                "CN=kintsugi", key.toFile(), certificate.toFile(), new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
        return new Identity(certificate, key);
    }

    /** As Kubernetes objects hold certificates. */
    String base64() throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(certificate));
    }

    /** Options of a server that is known by it. */
    HttpServerOptions server() {
        return new HttpServerOptions()
                .setSsl(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(certificate.toString())
                        .setKeyPath(key.toString()));
    }
}
