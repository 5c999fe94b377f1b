// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.serve.http.FakeRequest;
import io.github.joulestream.serve.http.Parameters;
import io.github.joulestream.serve.http.Problem;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AskedPeriodTest {
  private static AskedPeriod at(String now, String... pairs) throws Problem {
    return AskedPeriod.of(Parameters.of(FakeRequest.of(pairs), Instant.parse(now)::toEpochMilli));
  }

  @Test
  void quarterUnderWay_isCutOff_andANoteSaysSo() throws Problem {
    AskedPeriod period =
        at("2026-11-29T13:43:10Z", "from=2026-11-29T12:00:00Z", "to=2026-11-29T13:45:00Z");
    assertThat(period.range().to()).isEqualTo("2026-11-29T13:30:00Z");
    assertThat(period.isSettled()).isTrue();
    assertThat(period.isClosed()).isFalse();
    assertThat(period.notes())
        .containsExactly(
            "The period ends at 2026-11-29T13:30:00Z: later quarters of an hour are not settled.");
  }

  @Test
  void quarterThatIsOver_isCutOff_untilItIsSettled() throws Problem {
    String[] asked = {"from=2026-11-29T12:00:00Z", "to=2026-11-29T13:45:00Z"};
    AskedPeriod before = at("2026-11-29T13:46:59Z", asked);
    assertThat(before.range().to()).isEqualTo("2026-11-29T13:30:00Z");
    assertThat(before.isClosed()).isFalse();
    AskedPeriod after = at("2026-11-29T13:47:00Z", asked);
    assertThat(after.range().to()).isEqualTo("2026-11-29T13:45:00Z");
    assertThat(after.isClosed()).isTrue();
    assertThat(after.isSettled()).isTrue();
    assertThat(after.notes()).isEmpty();
  }

  @Test
  void rangeWithoutASettledQuarter_isAnsweredAsNotSettled() throws Problem {
    AskedPeriod period =
        at("2026-11-29T13:46:00Z", "from=2026-11-29T13:30:00Z", "to=2026-11-29T13:45:00Z");
    assertThat(period.range().to()).isEqualTo("2026-11-29T13:45:00Z");
    assertThat(period.isSettled()).isFalse();
    assertThat(period.isClosed()).isFalse();
    assertThat(period.notes())
        .containsExactly(
            "The period ended less than 2 minutes ago and is not settled: its sums can still grow.");
  }

  @Test
  void rangeOfWhichNoQuarterIsOver_isRefused() {
    assertThatThrownBy(() ->
            at("2026-11-29T13:43:00Z", "from=2026-11-29T13:30:00Z", "to=2026-11-29T13:43:00Z"))
        .isInstanceOf(Problem.class);
  }
}
