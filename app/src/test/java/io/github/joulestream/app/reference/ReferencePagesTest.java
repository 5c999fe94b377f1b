// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages of reference in docs/ are those that the code generates. */
class ReferencePagesTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final String WRITE =
      "./mvnw test -pl app -am -Dtest=ReferencePagesTest -Dsurefire.failIfNoSpecifiedTests=false"
          + " -Dtest.jvm.flags=\"-Dreference.write=true --enable-native-access=ALL-UNNAMED\"";
  private static final Map<String, Callable<String>> PAGES =
      Map.of(
          "acl.md", AclPage::text,
          "metrics.md", MetricsPage::text,
          "topics.md", TopicsPage::text,
          "configuration.md", ConfigurationPage::text);

  static Stream<String> pages() {
    return PAGES.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void thePageCheckedIn_isTheOneGenerated(String page) throws Exception {
    String generated = requireNonNull(PAGES.get(page)).call();
    Path file = DOCS.resolve(page);
    if (Boolean.getBoolean("reference.write")) {
      Files.writeString(file, generated);
    }
    assertThat(Files.readString(file, UTF_8))
        .as("docs/%s is older than the code; write it: %s", page, WRITE)
        .isEqualTo(generated);
  }

  /** A text as the content of a cell of a table. */
  static String cell(String text) {
    return text.replaceAll("\\s+", " ")
        .strip()
        .replace("|", "\\|")
        .replace("<", "&lt;")
        .replace("%n", " ");
  }
}
