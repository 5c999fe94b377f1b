// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The bill of materials that a build makes (CycloneDX), held against the jars that it is about and
 * against the list in the repository. After another release of a library the list is written anew
 * with {@code -Ddependencies.write=true}. Skipped where the build made none, without {@code
 * -Prelease}.
 */
class ITBillOfMaterials {
  private static final Path ROOT = Path.of("..", "..");
  private static final Path APP = ROOT.resolve("app").resolve("target");
  private static final Path LIST = ROOT.resolve("deploy").resolve("dependencies.txt");
  private static final String OURS = "io.github.joulestream";

  /** Those that may be shipped with a program under Apache-2.0; of several, one has to be here. */
  private static final Set<String> ACCEPTED =
      Set.of(
          "Apache-2.0",
          "BSD-2-Clause",
          "EPL-1.0",
          "EPL-2.0",
          "Go License", // BSD-3-Clause
          "LGPL-2.1-or-later", // as jars of their own, which anybody can replace
          "MIT",
          "MIT-0",
          "Mozilla Public License Version 2.0");

  /** Of others: "group:artifact:version", SHA-256 and licences, by name. */
  private record Library(String name, String sha256, Set<String> licences) {
    String line() {
      return "%s %s %s".formatted(sha256, name, String.join(" OR ", licences));
    }
  }

  private static JsonNode bill() throws IOException {
    Path file = APP.resolve("joulestream.cdx.json");
    assumeTrue(Files.exists(file), "no bill of materials: ./mvnw verify -Prelease makes one");
    return new JsonMapper().readTree(file.toFile());
  }

  private static List<Library> libraries() throws IOException {
    JsonNode bill = bill();
    assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
    List<Library> libraries = new ArrayList<>();
    for (JsonNode component : bill.path("components")) {
      String name =
          component
              .path("purl")
              .asText()
              .replaceFirst("^pkg:maven/", "")
              .replaceFirst("\\?.*$", "")
              .replaceAll("[/@]", ":");
      if (!name.startsWith(OURS + ":")) {
        libraries.add(new Library(name, sha256(component), licences(component)));
      }
    }
    return libraries;
  }

  private static String sha256(JsonNode component) {
    return component
        .path("hashes")
        .valueStream()
        .filter(hash -> hash.path("alg").asText().equals("SHA-256"))
        .map(hash -> hash.path("content").asText())
        .findFirst()
        .orElse("");
  }

  private static Set<String> licences(JsonNode component) {
    return component
        .path("licenses")
        .valueStream()
        .map(choice ->
            choice.has("expression")
                ? choice.path("expression").asText()
                : Stream.of("id", "name")
                    .map(key -> choice.path("license").path(key).asText())
                    .filter(text -> !text.isEmpty())
                    .findFirst()
                    .orElse(""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Jars on the class path that are not ours, by their SHA-256. */
  private static Map<String, String> jars() throws Exception {
    Map<String, String> jars = new TreeMap<>();
    Set<String> ours = ours();
    try (Stream<Path> files = Files.list(APP.resolve("lib"))) {
      for (Path jar : files.toList()) {
        String name = jar.getFileName().toString();
        if (!ours.contains(name)) {
          byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
          jars.put(HexFormat.of().formatHex(hash), name);
        }
      }
    }
    return jars;
  }

  private static Set<String> ours() throws IOException {
    return bill()
        .path("components")
        .valueStream()
        .filter(component -> component.path("group").asText().equals(OURS))
        .map(component ->
            "%s-%s.jar"
                .formatted(component.path("name").asText(), component.path("version").asText()))
        .collect(Collectors.toSet());
  }

  @Test
  void theBill_isOfTheJarsOnTheClassPath() throws Exception {
    assertThat(ours())
        .contains("energy-%1$s.jar".formatted(version()), "agent-%1$s.jar".formatted(version()));
    assertThat(libraries().stream().map(Library::sha256).collect(Collectors.toSet()))
        .as("of %s; a jar that an older build left in lib goes with: ./mvnw clean", jars().values())
        .isEqualTo(jars().keySet());
  }

  private static String version() throws IOException {
    return bill().at("/metadata/component/version").asText();
  }

  @Test
  void whatIsShipped_isWhatTheListHas() throws Exception {
    // a library of Brotli is that of the machine that builds
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "the list is of x86_64");
    List<String> lines = libraries().stream().map(Library::line).sorted(byName()).toList();
    if (Boolean.getBoolean("dependencies.write")) {
      Files.write(LIST, lines);
    }
    assertThat(lines).hasSizeGreaterThan(50).containsExactlyElementsOf(Files.readAllLines(LIST));
  }

  private static Comparator<String> byName() {
    return Comparator.comparing(line -> line.substring(line.indexOf(' ')));
  }

  @Test
  void licences_areAccepted() throws Exception {
    assertThat(libraries())
        .allSatisfy(library ->
            assertThat(library.licences()).as(library.name()).containsAnyElementsOf(ACCEPTED));
  }

  @Test
  void theBill_hasNothingOfTheBuildsTime_orMachine() throws Exception {
    JsonNode bill = bill();
    assertThat(bill.has("serialNumber")).isFalse();
    assertThat(bill.at("/metadata/timestamp").asText("2026-01-01T00:00:00Z"))
        .isEqualTo("2026-01-01T00:00:00Z");
    assertThat(bill.toString()).doesNotContain(ROOT.toRealPath().toString());
  }
}
