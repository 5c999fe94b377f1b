// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AssetsTest {
  /** Of uPlot 1.6.32 as its npm package has it. */
  private static final Map<String, String> UPLOT =
      Map.of(
          "uPlot.iife.min.js", "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
          "uPlot.min.css", "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
          "uPlot.LICENSE", "8f989229699b4fe2f1a0432d0e9edc338a8a911e250e2d1b01ecd770a5f5b1bd");

  private final Assets assets = Assets.load();

  @Test
  void uplotIsAsItWasPublished() {
    UPLOT.forEach((name, hash) ->
        assertThat(assets.files().get(name)).extracting(Assets.Asset::hash).isEqualTo(hash));
  }

  @Test
  void nothingElseIsFromOthers() {
    assertThat(assets.files().keySet())
        .filteredOn(name -> name.contains("min.") || name.contains("LICENSE"))
        .containsExactlyInAnyOrderElementsOf(UPLOT.keySet());
  }

  @Test
  void filesOfAnotherVersionAreNotThere() {
    assertThat(assets.version()).matches("[0-9a-f]{16}");
    assertThat(assets.find(assets.version(), "app.js")).isPresent();
    assertThat(assets.find("0123456789abcdef", "app.js")).isEmpty();
    assertThat(assets.find(assets.version(), "vendor/uPlot.min.css")).isEmpty();
    assertThat(assets.find(assets.version(), "../index.html")).isEmpty();
    assertThat(assets.find(assets.version(), "index.html")).isEmpty();
  }

  @Test
  void theDocumentHasNoScriptOrStyleOfItsOwn() throws IOException {
    String html = new String(Assets.bytes("index.html"), UTF_8);
    assertThat(html).doesNotContain("<style", " style=", " onclick", " onload", "javascript:");
    assertThat(html).doesNotContainPattern("<script(?![^>]* src=\"\\{assets})");
    assertThat(html).contains("{content}").doesNotContain("http://", "https://");
    var files = java.util.regex.Pattern.compile("\\{assets}([^\"]+)").matcher(html);
    int found = 0;
    while (files.find()) {
      assertThat(assets.files()).containsKey(files.group(1));
      found++;
    }
    assertThat(found).isGreaterThan(5);
  }
}
