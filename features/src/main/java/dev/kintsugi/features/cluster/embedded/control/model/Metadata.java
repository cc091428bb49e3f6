package dev.kintsugi.features.cluster.embedded.control.model;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.function.UnaryOperator;

/** Copies of objects of any kind. */
public final class Metadata {

    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

    private Metadata() {}

    /** A copy of an object whose metadata is changed; the object stays as it is. */
    public static <T extends HasMetadata> T changed(T object, UnaryOperator<ObjectMetaBuilder> change) {
        T copy = SERIALIZATION.clone(object);
        copy.setMetadata(
                change.apply(new ObjectMetaBuilder(object.getMetadata())).build());
        return copy;
    }
}
