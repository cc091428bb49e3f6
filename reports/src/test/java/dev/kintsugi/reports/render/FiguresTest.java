package dev.kintsugi.reports.render;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "6.24, 6.2 ms",
        "9.94, 9.9 ms",
        "9.95, 10 ms",
        "61.4, 61 ms",
        "999.4, 999 ms",
        "999.5, 1.00 s",
        "1931.6, 1.93 s",
        "9994, 9.99 s",
        "9995, 10.0 s",
        "31050, 31.1 s",
        "59949, 59.9 s",
        "60000, 1.00 min",
        "125000, 2.08 min",
        "600000, 10.0 min",
        "6000000, 1.7 h",
        "-2000, -2.00 s",
        "-61.4, -61 ms"
    })
    void durationsReadWithAboutThreeDigits(double millis, String text) {
        assertThat(Figures.duration(millis)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "1905.4, 1931.6, 1.91–1.93 s",
        "0, 6.2, 0–6.2 ms",
        "950, 1050, 950 ms–1.05 s",
        "12218, 12240, 12.2 s",
        "5, 5, 5.0 ms"
    })
    void intervalsNameTheirUnitOnce(double earliest, double latest, String text) {
        assertThat(Figures.interval(earliest, latest)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 10, 0 %",
        "10, 10, 100 %",
        "1, 3, 33.3 %",
        "1, 100000, < 0.1 %",
        "99999, 100000, > 99.9 %",
        "0, 0, 0 %"
    })
    void aShareThatIsNotNothingNeverReadsAsNothing(long part, long whole, String text) {
        assertThat(Figures.share(part, whole)).isEqualTo(text);
    }
}
