// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The fences between modules and packages. */
class ArchitectureTest {
  private static final String ROOT = "io.github.joulestream.";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          // how other modules' tests start a store, as a jar
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.github.joulestream");

  @Test
  void allModulesAreLookedAt() {
    for (String module :
        new String[] {
          "energy", "runtime", "schemas", "producers", "streams", "store", "alerting", "app"
        }) {
      assertThat(CLASSES.stream().map(JavaClass::getPackageName))
          .anyMatch(name -> name.startsWith(ROOT + module));
    }
  }

  @Test
  void energy_knowsTheJdkOnly() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "energy..")
        .should()
        .dependOnClassesThat(
            DescribedPredicate.not(
                JavaClass.Predicates.resideInAnyPackage(
                    ROOT + "energy..",
                    "java.lang..",
                    "java.util..",
                    "java.io..",
                    "java.math..",
                    "java.nio.charset..",
                    "java.time..",
                    "org.jspecify..")))
        .check(CLASSES);
  }

  @Test
  void programs_neverSeeEachOther() {
    List<String> programs = List.of("producers", "streams", "store", "alerting");
    for (String one : programs) {
      noClasses()
          .that()
          .resideInAPackage(ROOT + one + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              programs.stream()
                  .filter(other -> !other.equals(one))
                  .map(other -> ROOT + other + "..")
                  .toArray(String[]::new))
          .check(CLASSES);
    }
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "app..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + "app..")
        .check(CLASSES);
  }

  @Test
  void thirdParties_areKnownWhereTheyBelong() {
    onlyIn("org.apache.avro..", "schemas..");
    onlyIn("com.influxdb..", "store.influx..");
    onlyIn("io.questdb..", "store.questdb..");
    onlyIn("picocli..", "app..");
    onlyIn("org.snakeyaml..", "app.alerts..");
    onlyIn("org.eclipse.jetty..", "producers.jobs..");
    onlyIn("kafka..", "app.up..");
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "streams.topology..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.apache.kafka.streams.StreamsBuilder")
        .check(CLASSES);
  }

  @Test
  void nativeCode_isCalledByItsProbesAndForSystemdOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            ROOT + "producers.probe.nvml..",
            ROOT + "producers.probe.nvme..",
            ROOT + "runtime.systemd..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .check(CLASSES);
  }

  private static void onlyIn(String thirdParty, String home) {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + home)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(thirdParty)
        .check(CLASSES);
  }

  @Test
  void time_isAskedForInRuntimeOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "runtime..")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .check(CLASSES);
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching(ROOT + "(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void everyTopology_hasATestAndADescription() {
    for (JavaClass topology : CLASSES) {
      if (topology.getPackageName().equals(ROOT + "streams.topology")
          && topology.getSimpleName().endsWith("Topology")) {
        String name = topology.getSimpleName().replace("Topology", "");
        java.nio.file.Path streams = java.nio.file.Path.of("..", "..", "streams", "src", "test");
        assertThat(
                streams.resolve(
                    "java/io/github/joulestream/streams/topology/" + name + "TopologyTest.java"))
            .exists();
        assertThat(
                streams.resolve(
                    "resources/topologies/" + name.toLowerCase(java.util.Locale.ROOT) + ".txt"))
            .exists();
      }
    }
  }
}
