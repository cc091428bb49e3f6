/** What clients read about objects and kinds: tables, discovery documents and OpenAPI. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.api.view;

import org.jspecify.annotations.NullMarked;
