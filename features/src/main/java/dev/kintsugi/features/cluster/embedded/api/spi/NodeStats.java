package dev.kintsugi.features.cluster.embedded.api.spi;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** Where {@code nodes/proxy} gets the kubelet's Summary ({@code stats/summary}) from; the node agent implements it. */
@FunctionalInterface
public interface NodeStats {

    /**
     * What the containers of a node use now, in the form of the kubelet's Summary API ({@code v1alpha1}).
     *
     * @return nothing when there is no such node
     */
    Optional<JsonNode> summary(String node);
}
