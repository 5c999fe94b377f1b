// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class VersionTest {
  @Test
  void theVersion_isThatOfThePom() throws IOException {
    assertThat(Version.CURRENT).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    assertThat(Files.readString(Path.of("pom.xml")))
        .contains("<version>" + Version.CURRENT + "</version>");
  }
}
