/** What a control loop is: a pure function from the objects of a cluster and the time to writes and the next look. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.control.model;

import org.jspecify.annotations.NullMarked;
