// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files with zones of sites, and values that operators type in. */
class SiteFileTest {
  @TempDir Path folder;

  private final List<String> errors = new ArrayList<>();

  private SiteFile read(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("sites.yaml"), text);
    return SiteFile.read(
        file,
        (name, value) -> name.equals("area") && value.matches("\\d+") ? null : "no area",
        errors);
  }

  @Test
  void zonesAndValues_areThoseOfTheFile() throws IOException {
    SiteFile file =
        read(
            """
            sites:
              dc1:
                zone: Europe/Berlin
                eed:
                  area: 1200
              "dc 2": {zone: UTC}
              dc3: {}
            """);
    assertThat(errors).isEmpty();
    assertThat(file.zones())
        .isEqualTo(Map.of("dc1", ZoneId.of("Europe/Berlin"), "dc 2", ZoneId.of("UTC")));
    assertThat(file.typedIn()).isEqualTo(Map.of("dc1", Map.of("area", "1200")));
    assertThat(file.names()).containsExactly("dc 2", "dc1", "dc3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | 1: the file is empty",
        "'- dc1' | 1: a site file begins with 'sites:'",
        "'site: {}' | 1: unknown key 'site'; known is 'sites'",
        "'sites: [dc1]' | 1: 'sites' has sites by their names",
        "'sites:\\n  dc1: Berlin' | 2: site dc1 has keys, 'zone' or 'eed'",
        "'sites:\\n  dc1:\\n    zome: UTC' | 3: unknown key 'zome' of site dc1; known are 'zone' and 'eed'",
        "'sites:\\n  dc1:\\n    zone: Berlin' | 3: 'Berlin' is not a time zone",
        "'sites:\\n  dc1:\\n    zone: [UTC]' | 3: '' is not a time zone",
        "'sites:\\n  dc1:\\n    zone: UTC\\n    zone: UTC' | 4: 'zone' is there twice",
        "'sites:\\n  dc1: {}\\n  dc1: {}' | 3: 'dc1' is there twice",
        "'sites:\\n  dc1:\\n    eed:\\n      areas: 1' | 4: 'areas' of site dc1: no area",
        "'sites:\\n  dc1:\\n    eed:\\n      area: x' | 4: 'area' of site dc1: no area",
        "'sites:\\n  dc1:\\n    eed:\\n      area: [1]' | 4: 'area' takes one value",
        "'sites:\\n  dc1:\\n    eed: 7' | 3: 'eed' of site dc1 has names and values",
      })
  void whatIsWrong_isSaidWithItsLine(String text, String error) throws IOException {
    read(text.replace("\\n", "\n"));
    assertThat(errors).hasSize(1);
    assertThat(errors.getFirst()).startsWith(folder.resolve("sites.yaml") + ":" + error);
  }

  @Test
  void whatIsNoYaml_orNotThere_isRefused() {
    assertThatThrownBy(() -> read("sites: {dc1: [}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("sites.yaml:1: not YAML");
    Path absent = folder.resolve("absent");
    assertThatThrownBy(() -> SiteFile.read(absent, (_, _) -> null, errors))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("absent");
  }
}
