// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWindows;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobWindowRecordsTest {
  private final List<JobWindows> emitted = new ArrayList<>();
  private final JobWindowRecords records = new JobWindowRecords(emitted::add);

  private static JobWindow window(String site, int job, int millis) {
    return new JobWindow(site, "j" + job, 0, millis, Totals.ofJob());
  }

  @Test
  void windowsAreSplitBySiteLengthAndNumber_andNoneIsLost() {
    List<JobWindow> all = new ArrayList<>();
    for (int job = 0; job < 2 * JobWindows.MAX_WINDOWS; job++) {
      all.add(window("a", job, 10_000));
      if (job < 2) {
        all.add(window("b", job, 10_000));
        all.add(window("a", job, 60_000));
      }
    }
    all.forEach(records::add);
    records.end();

    assertThat(emitted.stream().map(record -> record.windows().size()))
        .containsExactly(JobWindows.MAX_WINDOWS, JobWindows.MAX_WINDOWS, 2, 2);
    assertThat(emitted.stream().flatMap(record -> record.windows().stream()))
        .containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void withoutWindows_thereIsNoRecord() {
    records.end();
    assertThat(emitted).isEmpty();
  }
}
