package dev.kintsugi.chaos.model;

/** Which pods are looked at, and how many of them are hit. */
public record Target(Selector selector, Mode mode) {

    public static Target all(Selector selector) {
        return new Target(selector, Mode.all());
    }

    public static Target one(Selector selector) {
        return new Target(selector, Mode.one());
    }
}
