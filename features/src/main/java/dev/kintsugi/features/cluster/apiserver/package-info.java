/** A real etcd and kube-apiserver on this machine, with Kintsugi's own control loops and nodes on them. */
@NullMarked
package dev.kintsugi.features.cluster.apiserver;

import org.jspecify.annotations.NullMarked;
