/** The healer's rollbacks of Helm releases, judged by Helm itself on the embedded cluster. */
@NullMarked
package dev.kintsugi.features.helm;

import org.jspecify.annotations.NullMarked;
