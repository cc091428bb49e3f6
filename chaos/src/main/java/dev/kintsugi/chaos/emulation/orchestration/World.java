package dev.kintsugi.chaos.emulation.orchestration;

import java.util.List;
import java.util.Optional;

/** The cluster as it is now. */
public interface World {

    /** The objects of a kind in a namespace that carry a label, in any order. None of a kind that the cluster does not know. */
    List<Item> labelled(String kind, String namespace, String label, String value);

    /** One object. */
    Optional<Item> get(Item.Ref ref);

    /** What a container has written so far. */
    String log(Item.Ref pod, String container);
}
