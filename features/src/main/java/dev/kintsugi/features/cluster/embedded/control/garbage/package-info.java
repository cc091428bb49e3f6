/** What goes when something else goes: dependents after or before their owners, contents with their namespace. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.control.garbage;

import org.jspecify.annotations.NullMarked;
