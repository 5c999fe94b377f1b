// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TracesTest {
  @TempDir Path folder;

  @Test
  void nothingThere_saysWhatWouldBeKnown() throws IOException {
    Files.write(folder.resolve("notes.csv"), List.of("a,b", "1,2"));
    Files.write(folder.resolve("PMD_data.bin"), new byte[] {0, (byte) 0xff, 10, 13});
    Files.createFile(folder.resolve("empty.csv"));
    assertThatThrownBy(() -> Traces.find(folder, ReplayOptions.DEFAULT))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("no power traces under " + folder)
        .hasMessageContaining("MLPerf Training")
        .hasMessageContaining("MLPerf Inference")
        .hasMessageContaining("nvidia-smi CSV")
        .message()
        .isNotNull()
        .doesNotContain("\n");
  }

  @Test
  void noFolder_isSaid() {
    assertThatThrownBy(() -> Traces.find(folder.resolve("gone"), ReplayOptions.DEFAULT))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is not a folder");
  }

  @Test
  void siteThatCannotBeAKey_isSaid() {
    assertThatThrownBy(() ->
            Traces.find(folder, new ReplayOptions("a/b", null, MlperfEdges.MEASURED, Map.of())))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("a/b");
  }

  @Test
  void real_allFormatsTogether() {
    Path all = TraceFolder.of("mlperf-training-smc").resolveSibling("");
    TraceSet traces =
        Traces.find(
            all,
            new ReplayOptions("everything", ZoneOffset.ofHours(1), MlperfEdges.HELD, Map.of()));
    assertThat(traces.jobs()).hasSize(14 + 5 + 2);
    List<Long> progress = new ArrayList<>();
    Recorded recorded = new Recorded();
    traces.publish(recorded, progress::add, () -> false);
    assertThat(progress).isSorted().last().isEqualTo(traces.readings());
    assertThat(recorded.batches.stream().mapToLong(batch -> batch.readings()).sum())
        .isEqualTo(traces.readings());
    assertThat(
            recorded.batches.stream()
                .map(batch -> batch.node() + " " + batch.agentEpoch() + " " + batch.sequence())
                .distinct())
        .hasSize(recorded.batches.size());
  }
}
