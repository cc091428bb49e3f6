package dev.kintsugi.healer.model;

import java.time.Duration;
import java.time.Instant;

/**
 * What a few requests to a pod's endpoint showed.
 *
 * @param pod the UID of the pod that was asked
 * @param at when the last request was over
 * @param connected whether a connection could be made at all
 * @param requests how many were made
 * @param failures how many of them got no answer, or one that is not 2xx or 3xx
 * @param slowest the longest a request took
 * @param detail for people, e.g. the error met
 */
public record ProbeResult(
        String pod, Instant at, boolean connected, int requests, int failures, Duration slowest, String detail) {

    /** The share of failed requests in percent; all failed if none could be made. */
    public double errorRatePercent() {
        return requests == 0 ? 100 : 100.0 * failures / requests;
    }
}
