/** Which pods are behind a Service. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.control.service;

import org.jspecify.annotations.NullMarked;
