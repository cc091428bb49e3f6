package dev.kintsugi.features.cluster.embedded.api.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission.Allowed;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission.Decision;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission.Denied;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission.Operation;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Asks every admission about a write, in order; each sees what those before it have made of the object. */
final class AdmissionChain {

    private final List<Admission> admissions;

    AdmissionChain(List<Admission> admissions) {
        this.admissions = new CopyOnWriteArrayList<>(admissions);
    }

    void add(Admission more) {
        admissions.add(more);
    }

    /** The object to store instead of {@code object}; null if nobody wants another. */
    @Nullable ObjectNode review(
            ResourceType type,
            Operation operation,
            String subresource,
            String namespace,
            String name,
            ObjectNode object,
            @Nullable ObjectNode old,
            boolean dryRun) {
        ObjectNode current = object;
        ObjectNode replacement = null;
        for (Admission one : admissions) {
            ObjectNode shown = operation == Operation.DELETE ? null : current;
            Decision decision = one.review(request(type, operation, subresource, namespace, name, shown, old, dryRun));
            requireAllowed(decision);
            ObjectNode wanted = decision instanceof Allowed allowed ? allowed.replacement() : null;
            if (wanted != null) {
                replacement = wanted;
                current = wanted;
            }
        }
        return replacement;
    }

    /** Asks every admission for its last word. */
    void validate(
            ResourceType type,
            Operation operation,
            String subresource,
            String namespace,
            String name,
            ObjectNode object,
            @Nullable ObjectNode old,
            WriteOptions options) {
        for (Admission one : admissions) {
            requireAllowed(one.validate(
                    request(type, operation, subresource, namespace, name, object, old, options.dryRun()),
                    options.requester()));
        }
    }

    private static Admission.Request request(
            ResourceType type,
            Operation operation,
            String subresource,
            String namespace,
            String name,
            @Nullable ObjectNode object,
            @Nullable ObjectNode old,
            boolean dryRun) {
        return new Admission.Request(
                operation,
                type.group(),
                type.version(),
                type.plural(),
                subresource,
                namespace,
                name,
                object,
                old,
                dryRun);
    }

    private static void requireAllowed(Decision decision) {
        if (decision instanceof Denied denied) {
            throw ApiException.of(
                    denied.code(),
                    denied.reason(),
                    "admission webhook \"" + denied.webhook() + "\" denied the request: " + denied.message());
        }
    }
}
