// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.producers.input.Fuzz;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Logs of nvidia-smi, over bytes that were changed. */
class ProducersFuzzTest {
  @Test
  void logsOfNvidiaSmi() {
    Fuzz.run(
        "nvidia-smi",
        Fuzz.texts(
            """
            timestamp, index, name, driver_version, power.draw.instant [W], power.draw [W], power.limit [W], utilization.gpu [%], memory.used [MiB], memory.total [MiB]
            2023/07/14 10:10:26.000, 0, NVIDIA A100, 535.54.03, 100.5 W, 99 W, 400 W, 50 %, 1024 MiB, 40960 MiB
            2023/07/14 10:10:27.000, 1, NVIDIA A100, 535.54.03, [N/A], 99 W, 400 W, [N/A], 1024 MiB, 40960 MiB
            """,
            """
            timestamp, uuid, power.draw.average [W]
            2023/07/14 10:10:26.905, GPU-a, 56.38
            """),
        100,
        Set.of(),
        input -> {
          List<String> lines = new String(input, UTF_8).lines().toList();
          SmiLayout layout = SmiLayout.of(lines.isEmpty() ? "" : lines.getFirst());
          if (!layout.isLog()) {
            return;
          }
          Notices notices = new Notices();
          SmiRows rows = new SmiRows("log.csv", layout, ZoneOffset.UTC, "", notices);
          for (int i = 1; i < lines.size(); i++) {
            rows.take(lines.get(i), i + 1, i + 1 == lines.size());
          }
          rows.finish();
          rows.gpus
              .values()
              .forEach(gpu -> assertThat(gpu.readings(true, true).size()).isLessThan(lines.size()));
          assertThat(notices.all()).hasSizeLessThan(1_000_000);
        });
  }
}
