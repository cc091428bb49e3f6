package dev.kintsugi.features.cluster.existing;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority that signs certificates, for a test. */
final class Authority {

    private static final AtomicLong SERIAL = new AtomicLong(1);
    private static final Duration DAY = Duration.ofDays(1);

    /** A certificate and its key, as PEM. */
    record Issued(String certificate, String key) {

        Buffer certificateBuffer() {
            return Buffer.buffer(certificate);
        }

        Buffer keyBuffer() {
            return Buffer.buffer(key);
        }
    }

    private final X500Name name;
    private final KeyPair keys;
    private final String certificate;

    Authority(String name) {
        try {
            this.name = new X500Name("CN=" + name);
            this.keys = keys();
            this.certificate = pem(builder(this.name, keys, Instant.now().plus(DAY))
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(true)));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As PEM. */
    String certificate() {
        return certificate;
    }

    /** As a kubeconfig holds it. */
    static String base64(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    /** A certificate that is valid for a day more. */
    Issued issue(String subject, GeneralName... names) {
        return issue(subject, Instant.now().plus(DAY), names);
    }

    /** A certificate that is valid until an instant. */
    Issued issue(String subject, Instant until, GeneralName... names) {
        try {
            KeyPair own = keys();
            X509v3CertificateBuilder builder = builder(new X500Name(subject), own, until);
            if (names.length > 0) {
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            return new Issued(pem(builder), text(own.getPrivate()));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    private X509v3CertificateBuilder builder(X500Name subject, KeyPair own, Instant until) {
        return new JcaX509v3CertificateBuilder(
                name,
                BigInteger.valueOf(SERIAL.getAndIncrement()),
                Date.from(until.minus(DAY.multipliedBy(3))),
                Date.from(until),
                subject,
                own.getPublic());
    }

    private String pem(X509v3CertificateBuilder builder) throws IOException, OperatorCreationException {
        return text(builder.build(new JcaContentSignerBuilder("SHA256WithRSA").build(keys.getPrivate())));
    }

    private static String text(Object object) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }
}
