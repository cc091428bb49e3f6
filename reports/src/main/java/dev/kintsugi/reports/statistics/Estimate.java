package dev.kintsugi.reports.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * A figure of a sample with the interval in which it would likely lie if all were measured again.
 *
 * @param value of the sample itself
 * @param lower lower end of the interval
 * @param upper its upper end
 */
public record Estimate(double value, double lower, double upper) {

    private static final int RESAMPLES = 2_000;

    /**
     * By the percentile bootstrap of Efron (1979): the sample is drawn again from itself, with replacement, 2,000 times. With few values
     * the interval of a high quantile ends at the largest of them, so it says too little rather than too much.
     *
     * @param figure such as {@link Sample#median}
     * @param confidence of the interval, above 0 and below 1
     * @param seed from which the draws are made: the same seed gives the same interval
     * @throws IllegalArgumentException when the sample is empty or the confidence out of range
     */
    public static Estimate of(Sample sample, ToDoubleFunction<Sample> figure, double confidence, long seed) {
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException("the confidence is " + confidence + ", must be above 0 and below 1");
        }
        double value = figure.applyAsDouble(sample);
        SplittableRandom random = new SplittableRandom(seed);
        double[] draw = new double[sample.size()];
        double[] figures = new double[RESAMPLES];
        for (int resample = 0; resample < RESAMPLES; resample++) {
            for (int i = 0; i < draw.length; i++) {
                draw[i] = sample.values().get(random.nextInt(draw.length));
            }
            figures[resample] = figure.applyAsDouble(Sample.of(draw));
        }
        Arrays.sort(figures);
        Sample ordered = Sample.of(figures);
        return new Estimate(value, ordered.quantile((1 - confidence) / 2), ordered.quantile((1 + confidence) / 2));
    }
}
