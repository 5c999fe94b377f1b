// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.Test;

/** The fences between modules and packages. */
class ArchitectureTest {
  private static final String ROOT = "io.github.joulestream.";
  private static final Path HOUSE = Path.of("..", "..");
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          // how other modules' tests start a store, as a jar
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.github.joulestream");

  /** Directories of the modules with main classes, but for the benchmarks, in Maven's order. */
  private static List<Path> modules(Path parent) throws IOException {
    List<Path> modules = new ArrayList<>();
    Matcher module =
        Pattern.compile("<module>([^<]+)</module>")
            .matcher(Files.readString(parent.resolve("pom.xml")));
    while (module.find()) {
      Path child = parent.resolve(module.group(1));
      if (Files.isDirectory(child.resolve("src/main/java")) && !child.endsWith("benchmarks")) {
        modules.add(child);
      }
      modules.addAll(modules(child));
    }
    return modules;
  }

  @Test
  void allModulesAreChecked() throws IOException {
    List<Path> modules = modules(HOUSE);
    assertThat(modules).hasSizeGreaterThanOrEqualTo(9);
    for (Path module : modules) {
      Path sources = module.resolve("src/main/java");
      try (Stream<Path> files = Files.walk(sources)) {
        assertThat(
                files
                    .filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("package-info.java"))
                    .map(file -> sources.relativize(file).toString())
                    .map(file -> file.replaceFirst("\\.java$", "").replace('/', '.'))
                    .toList())
            .as(module.toString())
            .allMatch(CLASSES::contain);
      }
    }
  }

  /** A release of Kafka may change internals without notice. */
  @Test
  void internalsOfKafkaStreams_areUsedByTheCommitHookOnly() {
    noClasses()
        .that()
        .haveNameNotMatching(
            "io\\.github\\.joulestream\\.streams\\.\\w+\\.Commit(Scope|Store(\\$Builder)?)")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.kafka.streams..internals..")
        .check(CLASSES);
  }

  /**
   * Before this release is changed, the plan in docs/decisions/0008 applies: CommitScope and
   * CommitStore are to be compared with the new internals, and ITCrash is to pass with many kills.
   */
  @Test
  void theCommitHook_isUsedWithTheReleaseItWasWrittenFor() {
    assertThat(AppInfoParser.getVersion()).isEqualTo("4.3.1");
    assertThat(KafkaStreams.class.getProtectionDomain().getCodeSource().getLocation().getPath())
        .endsWith("kafka-streams-4.3.1.jar");
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
                    "java.nio",
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
  void dashboards_knowTheCatalogueOnly() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "dashboards..")
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAPackage(ROOT + "(**)")
                .and(
                    DescribedPredicate.not(
                        JavaClass.Predicates.resideInAnyPackage(
                            ROOT + "dashboards..", ROOT + "energy..", ROOT + "schemas.catalogue"))))
        .check(CLASSES);
  }

  @Test
  void thirdParties_areKnownWhereTheyBelong() {
    onlyIn("org.apache.avro..", "schemas..");
    onlyIn("com.influxdb..", "store.influx..");
    onlyIn("io.questdb..", "store.questdb..");
    onlyIn("picocli..", "cli..", "app..", "producers.command..");
    onlyIn("ch.qos.logback..", "cli.log..");
    onlyIn("org.snakeyaml..", "app.alerts..", "reports.order..", "serve.http..");
    onlyIn("org.eclipse.jetty..", "producers.jobs..", "serve.http..");
    onlyIn("com.nimbusds..", "serve.access..");
    onlyIn("kafka..", "app.up..");
    onlyIn("com.openhtmltopdf..", "reports.render..");
    onlyIn("org.apache.pdfbox..", "reports.render..");
    onlyIn("org.apache.fontbox..", "reports.render..");
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
            ROOT + "runtime.linux..",
            ROOT + "runtime.systemd..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .check(CLASSES);
  }

  /** What commands share is not for what they run. */
  @Test
  void theCommandLine_isUsedByCommandsOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + "cli..", ROOT + "app..", ROOT + "producers.command..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + "cli..")
        .check(CLASSES);
  }

  private static void onlyIn(String thirdParty, String... homes) {
    noClasses()
        .that()
        .resideOutsideOfPackages(Stream.of(homes).map(home -> ROOT + home).toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(thirdParty)
        .check(CLASSES);
  }

  /** So that TLS, SASL, acks and idempotence are set in one place. */
  @Test
  void clientsOfKafka_areMadeByKafkaClientsAlone() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(ROOT + "schemas.kafka.KafkaClients")
        .and()
        // its own controller, in the same process
        .doNotHaveFullyQualifiedName(ROOT + "app.up.EmbeddedKafka")
        .should()
        .callMethodWhere(target(owner(assignableTo(Admin.class))).and(target(name("create"))))
        .orShould()
        .callConstructorWhere(target(owner(assignableTo(Producer.class))))
        .orShould()
        .callConstructorWhere(target(owner(assignableTo(Consumer.class))))
        .check(CLASSES);
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(ROOT + "streams.RunningTopology")
        .should()
        .callConstructorWhere(target(owner(assignableTo(KafkaStreams.class))))
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
        Path streams = HOUSE.resolve("streams/src/test");
        assertThat(
                streams.resolve(
                    "java/io/github/joulestream/streams/topology/" + name + "TopologyTest.java"))
            .exists();
        assertThat(
                streams.resolve("resources/topologies/" + name.toLowerCase(Locale.ROOT) + ".txt"))
            .exists();
      }
    }
  }
}
