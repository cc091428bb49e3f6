package dev.kintsugi.features.cluster.embedded.api.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pairs are those of Kubernetes' own tests and documents. */
class QuantitiesTest {

    @ParameterizedTest
    @CsvSource({
        "0.5, 500m",
        "1024Mi, 1Gi",
        "1536Mi, 1536Mi",
        "0.5Gi, 512Mi",
        "1.5, 1500m",
        "1000m, 1",
        "100000, 100k",
        "128974848, 128974848",
        "129e6, 129e6",
        "1e3, 1e3",
        "12e2, 1200",
        "0Gi, 0",
        "-1.50, -1500m",
        "+2, 2",
        "512Ki, 512Ki",
        "1023, 1023",
        "0.1Ki, 102400m",
        "1E, 1E",
        "0.0000000001, 1n",
        "100Ei, 9223372036854775807",
        "'.5', 500m",
        "'5.', 5"
    })
    void amountIsWrittenAsKubernetesStoresIt(String given, String stored) {
        assertThat(Quantities.canonical(given)).isEqualTo(stored);
    }

    @ParameterizedTest
    @CsvSource({
        "lots, quantities must match",
        "'', quantities must match",
        "1 Gi, quantities must match",
        "1.2.3, unable to parse numeric part of quantity",
        "1mm, unable to parse quantity's suffix",
        "1Kib, quantities must match"
    })
    void whatCannotBeReadIsRefused(String given, String why) {
        assertThatThrownBy(() -> Quantities.canonical(given))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Ki", "Mi", "m", "k", "G", "e3"})
    void suffixChangesNothingOfTheAmount(String suffix) {
        String given = "7" + suffix;
        assertThat(Quantities.value(Quantities.canonical(given))).isEqualByComparingTo(Quantities.value(given));
    }

    @Property
    void canonicalFormIsTheSameAmountAndStaysAsItIs(
            @ForAll @BigRange(min = "-100000", max = "100000") @Scale(9) BigDecimal number,
            @ForAll @IntRange(min = 0, max = 4) int which) {
        String given = number.toPlainString() + new String[] {"", "Ki", "Mi", "k", "M"}[which];
        String stored = Quantities.canonical(given);
        assertThat(Quantities.value(stored)).isEqualByComparingTo(Quantities.value(given));
        assertThat(Quantities.canonical(stored)).isEqualTo(stored);
    }
}
