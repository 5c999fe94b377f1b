// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DefaultFoldersTest {
  @Test
  void state_isNeverInTheCurrentFolder() {
    assertThat(
            DefaultFolders.state(Map.of("STATE_DIRECTORY", "/var/lib/a:/var/lib/b"), "root", "/"))
        .isEqualTo(Path.of("/var/lib/a"));
    assertThat(DefaultFolders.state(Map.of(), "root", "/root"))
        .isEqualTo(Path.of("/var/lib/joulestream"));
    assertThat(DefaultFolders.state(Map.of("XDG_STATE_HOME", "/s"), "ada", "/home/ada"))
        .isEqualTo(Path.of("/s/joulestream"));
    assertThat(DefaultFolders.state(Map.of(), "ada", "/home/ada"))
        .isEqualTo(Path.of("/home/ada/.local/state/joulestream"));
  }
}
