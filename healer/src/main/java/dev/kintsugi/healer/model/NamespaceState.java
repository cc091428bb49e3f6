package dev.kintsugi.healer.model;

/**
 * A namespace, as far as what is in it hangs on it.
 *
 * @param ending it is being deleted
 */
public record NamespaceState(String name, boolean ending, Settings settings) {}
