// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.reports.data.StoreReportSource;
import io.github.joulestream.reports.fixture.ManyJobs;
import io.github.joulestream.reports.fixture.RequestFixture;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.reports.render.CsvRenderer;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A year of many jobs; {@code -Dreports.jobs=1000000} within 1 GB. */
class ManyJobsTest {
  private static final int JOBS = Integer.getInteger("reports.jobs", 3_000);
  private static final Period YEAR = RequestFixture.days("2025", "2025-01-01", "2026-01-01", "UTC");
  private static final Instant AS_OF = Instant.parse("2026-02-01T00:00:00Z");

  @ParameterizedTest
  @ValueSource(strings = {"director", "jobs"})
  void reportOfAYear_hasAllEnergy(String kind) throws IOException {
    ManyJobs history = new ManyJobs(YEAR.range().from(), 365 * 24, JOBS);
    Report report =
        Kinds.named(kind)
            .orElseThrow()
            .make(
                new StoreReportSource(
                    history, RequestFixture.of(YEAR, AS_OF, "east", "north", "west"), what -> {}));
    assertThat(report.meta().differenceMillijoules()).isZero();
    if (kind.equals("director")) {
      Table projects = Objects.requireNonNull(CsvRenderer.tables(report).get("projects"));
      assertThat(Objects.requireNonNull(projects.totals()).get(projects.indexOf("energy")))
          .isEqualTo(BigDecimal.valueOf(history.energyOfJobs()));
      return;
    }
    Table jobs = Objects.requireNonNull(CsvRenderer.tables(report).get("jobs"));
    assertThat(jobs.rows()).hasSize(JOBS + 3);
    Lines lines = new Lines();
    new CsvRenderer().render(report, jobs, lines);
    assertThat(lines.count).isEqualTo(JOBS + 4);
  }

  private static final class Lines extends OutputStream {
    private int count;

    @Override
    public void write(int b) {
      count += b == '\n' ? 1 : 0;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      for (int i = offset; i < offset + length; i++) {
        write(bytes[i]);
      }
    }
  }
}
