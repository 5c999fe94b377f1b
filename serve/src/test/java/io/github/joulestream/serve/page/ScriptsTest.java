// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.joulestream.runtime.HostileTexts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptsTest {
  private static final Path TESTS =
      Path.of("src/test/resources/io/github/joulestream/serve/page").toAbsolutePath();
  private static final Pattern IMPORT =
      Pattern.compile("(?:from|import)\\s*\\(?\\s*['\"]\\./([^'\"]+)");

  private final Assets assets = Assets.load();

  @Test
  void testsOfModulesPassInNode(@TempDir Path folder) throws Exception {
    assumeTrue(hasNode(), "there is no node, version 20 or later, on this machine");
    Files.writeString(folder.resolve("package.json"), "{\"type\": \"module\"}");
    for (Map.Entry<String, Assets.Asset> file : assets.files().entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue().bytes());
    }
    List<Path> tests;
    try (Stream<Path> files = Files.list(TESTS)) {
      tests = files.filter(file -> file.toString().endsWith(".test.js")).toList();
    }
    assertThat(tests).hasSizeGreaterThan(3);
    for (Path test : tests) {
      Files.copy(test, folder.resolve(test.getFileName().toString()));
    }
    try (InputStream list =
        Objects.requireNonNull(
            HostileTexts.class.getResourceAsStream(HostileTexts.UNSAFE_CHARACTERS))) {
      Files.copy(list, folder.resolve(HostileTexts.UNSAFE_CHARACTERS));
    }
    Process node = start(folder, "node", "--test");
    String output = new String(node.getInputStream().readAllBytes(), UTF_8);
    assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(node.exitValue()).as(output).isZero();
    assertThat(output).containsPattern("# pass [1-9]").contains("# fail 0").contains("# skipped 0");
  }

  private static Process start(Path folder, String... command) throws IOException {
    return new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
  }

  private static boolean hasNode() throws Exception {
    try {
      Process node = start(Path.of("."), "node", "--version");
      String version = new String(node.getInputStream().readAllBytes(), UTF_8);
      return node.waitFor() == 0
          && Integer.parseInt(version.replaceFirst("^v(\\d+)\\..*\\s*$", "$1")) >= 20;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void whatIsImportedIsThere() {
    assets
        .files()
        .forEach((name, asset) -> {
          Matcher imports = IMPORT.matcher(text(asset));
          while (name.endsWith(".js") && imports.find()) {
            assertThat(assets.files().keySet())
                .as("imported by %s", name)
                .contains(imports.group(1));
          }
        });
  }

  @Test
  void ownFilesSayNothingAsMarkupAndLoadNothingFromElsewhere() {
    assets
        .files()
        .forEach((name, asset) -> {
          if (name.startsWith("uPlot")) {
            return;
          }
          String text = text(asset).replace("http://www.w3.org/2000/svg", "");
          assertThat(text)
              .as(name)
              .contains("SPDX-License-Identifier: Apache-2.0")
              .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write")
              .doesNotContain("eval(", "new Function", "http://", "https://", "url(//");
          assertThat(text.lines().count()).as("lines of %s", name).isLessThanOrEqualTo(500);
        });
  }

  /** dom.js has them as they are safe to show; what is painted goes through shown.js itself. */
  @Test
  void textsAreSetInOnePlace() {
    assets
        .files()
        .forEach((name, asset) -> {
          if (name.endsWith(".js") && !name.startsWith("uPlot") && !name.equals("dom.js")) {
            assertThat(text(asset))
                .as(name)
                .doesNotContain("textContent =", "innerText", "createTextNode", "nodeValue");
            assertThat(text(asset).lines().filter(line -> line.contains("document.title =")))
                .as(name)
                .allMatch(line -> line.contains("shownText("));
            assertThat(!text(asset).contains("fillText(") || text(asset).contains("shownText("))
                .as(name)
                .isTrue();
          }
        });
  }

  private static String text(Assets.Asset asset) {
    return new String(asset.bytes(), UTF_8);
  }
}
