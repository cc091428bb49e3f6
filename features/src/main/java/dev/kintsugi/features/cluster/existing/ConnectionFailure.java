package dev.kintsugi.features.cluster.existing;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Says in a sentence why an API server could not be asked, from what the client threw. */
final class ConnectionFailure {

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    private ConnectionFailure() {}

    /** @param url of the server; credentials in it are not repeated */
    static String describe(KubernetesClientException failure, String url) {
        String address = url.replaceFirst("//[^/@]*@", "//");
        return switch (failure.getCode()) {
            case -1, 0 -> unanswered(failure, address);
            case UNAUTHORIZED -> "the API server at " + address + " does not accept the credentials";
            case FORBIDDEN -> "not permitted: " + failure.getMessage();
            default -> "the API server at " + address + " failed: " + failure.getMessage();
        };
    }

    private static String unanswered(KubernetesClientException failure, String address) {
        if (isAmong(failure, SSLException.class)) {
            return distrust(failure)
                    .map(why -> "the certificate of the API server at " + address + " is not trusted: " + why)
                    .orElseGet(() -> "no TLS with the API server at " + address + ": " + innermost(failure));
        }
        if (isAmong(failure, GeneralSecurityException.class)) {
            return "a certificate or key that the kubeconfig names cannot be read: " + innermost(failure);
        }
        if (isAmong(failure, UnknownHostException.class)) {
            return "no API server answers at " + address + ": the name is not known";
        }
        if (isAmong(failure, TimeoutException.class)) {
            return "no API server answers at " + address + " in time";
        }
        return "no API server answers at " + address;
    }

    private static Optional<String> distrust(Throwable failure) {
        boolean expired = isAmong(failure, CertificateExpiredException.class)
                || causes(failure)
                        .anyMatch(cause -> cause instanceof CertPathValidatorException invalid
                                && invalid.getReason() == BasicReason.EXPIRED);
        if (expired) {
            return Optional.of("it has expired");
        }
        if (isAmong(failure, CertificateNotYetValidException.class)) {
            return Optional.of("it is not valid yet");
        }
        if (isAmong(failure, CertPathBuilderException.class) || isAmong(failure, CertPathValidatorException.class)) {
            return Optional.of("no authority that the kubeconfig names has signed it");
        }
        return causes(failure)
                .filter(CertificateException.class::isInstance)
                .findFirst()
                .map(cause -> String.valueOf(cause.getMessage()));
    }

    private static String innermost(Throwable failure) {
        return causes(failure)
                .filter(cause -> cause.getMessage() != null)
                .reduce((outer, inner) -> inner)
                .map(cause -> String.valueOf(cause.getMessage()))
                .orElse("no reason is given");
    }

    private static boolean isAmong(Throwable failure, Class<? extends Throwable> kind) {
        return causes(failure).anyMatch(kind::isInstance);
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
    }
}
