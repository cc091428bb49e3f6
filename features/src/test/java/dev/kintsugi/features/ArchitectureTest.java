package dev.kintsugi.features;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The lines that the design draws: the module graph, pure packages, where each library may be used, and names. */
class ArchitectureTest {

    private static final String HEALER = "dev.kintsugi.healer..";
    private static final String CHAOS = "dev.kintsugi.chaos..";
    private static final String REPORTS = "dev.kintsugi.reports..";
    private static final String FEATURES = "dev.kintsugi.features..";

    private static final String[] PURE = {
        "dev.kintsugi.healer.model..",
        "dev.kintsugi.healer.policy..",
        "dev.kintsugi.healer.helm",
        "dev.kintsugi.healer.helm.merge..",
        "dev.kintsugi.chaos.model..",
        "dev.kintsugi.chaos.guard..",
        "dev.kintsugi.chaos.lint..",
        "dev.kintsugi.chaos.webhook..",
        "dev.kintsugi.chaos.emulation.orchestration..",
        "dev.kintsugi.chaos.manifest..",
        "dev.kintsugi.reports.model..",
        "dev.kintsugi.reports.baseline..",
        "dev.kintsugi.reports.statistics..",
        "dev.kintsugi.reports.render..",
        "dev.kintsugi.features.cluster.embedded.node.simulation.."
    };

    private static JavaClasses kintsugi;

    @BeforeAll
    static void readClasses() {
        kintsugi = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages("dev.kintsugi");
    }

    @Test
    void everyModuleIsSeen() {
        for (String module : List.of("healer", "chaos", "reports", "features")) {
            assertThat(kintsugi).as(module).anyMatch(type -> type.getPackageName()
                    .startsWith("dev.kintsugi." + module));
        }
        for (String pure : PURE) {
            String name = pure.replace("..", "");
            assertThat(kintsugi).as(name).anyMatch(type -> type.getPackageName().startsWith(name));
        }
    }

    @Test
    void siblingsDoNotKnowEachOther() {
        noClasses()
                .that()
                .resideInAPackage(HEALER)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(CHAOS, REPORTS, FEATURES)
                .check(kintsugi);
        noClasses()
                .that()
                .resideInAPackage(CHAOS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(HEALER, REPORTS, FEATURES)
                .check(kintsugi);
        noClasses()
                .that()
                .resideInAPackage(REPORTS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(HEALER, CHAOS, FEATURES)
                .check(kintsugi);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.kintsugi.(*).(**)").should().beFreeOfCycles().check(kintsugi);
    }

    @Test
    void purePackagesHaveNoEffectsAndNoClock() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.fabric8..", "io.vertx..", "java.net.http..", "java.nio.channels..", "org.slf4j..")
                .check(kintsugi);
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "java\\.nio\\.file\\.Files|java\\.io\\.File.*|java\\.net\\.(Server)?Socket|java\\.lang\\.Thread|java\\.util\\.Random")
                .check(kintsugi);
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(kintsugi);
    }

    @Test
    void kubernetesClientStaysBehindItsAdapters() {
        noClasses()
                .that()
                .resideInAPackage(REPORTS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.fabric8..", "io.cucumber..")
                .check(kintsugi);
        noClasses()
                .that()
                .resideInAPackage("dev.kintsugi..cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.fabric8..")
                .check(kintsugi);
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.kintsugi.features.run..", "dev.kintsugi.features.steps..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.cucumber..")
                .check(kintsugi);
    }

    @Test
    void onlyTheCommandLineSpeaksToTheTerminal() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.kintsugi..cli..")
                .and()
                .resideOutsideOfPackage("dev.kintsugi.chaos.emulation.stressor..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(kintsugi);
    }

    @Test
    void nobodySleeps() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(kintsugi);
    }

    @Test
    void namesSayWhatThingsAre() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .check(kintsugi);
    }

    @Test
    void everyPackageIsNullMarked() {
        classes()
                .that(describe(
                        "are not generated",
                        type -> !type.getPackageName().contains("gg.jte")
                                && !type.getSimpleName().startsWith("Jte")))
                .should(resideInANullMarkedPackage())
                .check(kintsugi);
    }

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return new ArchCondition<>("reside in a @NullMarked package") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                JavaPackage home = type.getPackage();
                boolean marked = home.tryGetPackageInfo()
                        .map(info -> info.isAnnotatedWith(NullMarked.class))
                        .orElse(false);
                events.add(new SimpleConditionEvent(type, marked, home.getName() + " has no @NullMarked package-info"));
            }
        };
    }
}
