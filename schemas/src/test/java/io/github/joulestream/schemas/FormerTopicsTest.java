// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FormerTopicsTest {
  @Test
  void topicsOfBeforeTheFirstRelease_areNamedWithWhatTheyAreCalledNow() {
    assertThat(TopicAdmin.former(Set.of("telemetry", "power-now", "job-energy")))
        .hasValue(
            "Topics of before 0.1.0 are not read: job-energy (now job-window),"
                + " power-now (now power-snapshot); delete them if nothing else reads them");
  }

  @Test
  void aClusterOfThisReleaseAlone_hasNone() {
    Set<String> all =
        Arrays.stream(Topic.values()).map(Topic::topicName).collect(Collectors.toSet());
    assertThat(TopicAdmin.former(all)).isEmpty();
  }
}
