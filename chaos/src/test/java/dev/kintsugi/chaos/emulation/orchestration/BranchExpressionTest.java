package dev.kintsugi.chaos.emulation.orchestration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BranchExpressionTest {
    private static final Map<String, Object> ENVIRONMENT = Map.of("exitCode", 3, "stdout", "it is ok");

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '~', textBlock = """
            exitCode == 3                             ; true
            exitCode != 3                             ; false
            exitCode > 2 && exitCode <= 3             ; true
            exitCode < 0 || stdout == "it is ok"      ; true
            not (exitCode == 3) or true               ; true
            !(exitCode == 3)                          ; false
            stdout contains 'ok'                      ; true
            stdout startsWith "ok"                    ; false
            stdout endsWith "ok" and exitCode >= 3.0  ; true
            stdout matches "^it.*k$"                  ; true
            exitCode == -3                            ; false
            exitCode == "3"                           ; false
            """)
    void conditionHoldsOrNot(String expression, boolean holds) {
        assertThat(BranchExpression.holds(expression, ENVIRONMENT)).isEqualTo(holds);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "exitCode",
                "exitCode ==",
                "(exitCode == 3",
                "code == 3",
                "exitCode == 3 3",
                "stdout > 3",
                "exitCode contains \"3\"",
                "exitCode # 3",
                "stdout matches \"(\""
            })
    void whatIsNotUnderstoodIsRefused(String expression) {
        assertThatIllegalArgumentException().isThrownBy(() -> BranchExpression.holds(expression, ENVIRONMENT));
    }

    @Property(tries = 500)
    void anyTextIsEvaluatedOrRefused(@ForAll String expression) {
        try {
            BranchExpression.holds(expression, ENVIRONMENT);
        } catch (IllegalArgumentException e) {
            assertThat(e).isNotNull();
        }
    }
}
