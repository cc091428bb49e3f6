/** Chaos Mesh's admission webhooks: defaults, the rules of every kind with their messages, and the permission to hurt a namespace. */
@NullMarked
package dev.kintsugi.chaos.webhook;

import org.jspecify.annotations.NullMarked;
