// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class JournalTest {
  @Test
  void codesOfKinds_areThoseOfEarlierReleases() {
    assertThat(Arrays.stream(Journal.Kind.values()).map(kind -> kind.name() + " " + kind.code))
        .containsExactly("ALLOCATION 0", "TELEMETRY 1", "WITHOUT_DEVICES 2", "EMITTED 3");
    for (Journal.Kind kind : Journal.Kind.values()) {
      assertThat(Journal.Kind.of(kind.code)).isEqualTo(kind);
    }
  }
}
