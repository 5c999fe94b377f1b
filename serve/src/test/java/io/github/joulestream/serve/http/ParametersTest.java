// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.serve.access.Role;
import io.github.joulestream.store.history.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParametersTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:07.5Z");
  private static final Duration YEAR = Duration.ofDays(366);
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static Parameters of(String... pairs) {
    return Parameters.of(FakeRequest.of(pairs), NOW::toEpochMilli);
  }

  private static void isWrong(String parameter, int status, ThrowingCallable reading) {
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.parameter()).isEqualTo(parameter);
              assertThat(problem.status()).isEqualTo(status);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "2026-10-01T06:00:00Z, 2026-10-01T06:00:00Z",
    "2026-10-01T06:00Z, 2026-10-01T06:00:00Z",
    "2026-10-01T08:00:00+02:00, 2026-10-01T06:00:00Z",
    "2026-10-01T08:00:00 02:00, 2026-10-01T06:00:00Z",
    "2026-10-01T06:00:00.123456Z, 2026-10-01T06:00:00.123Z",
    "2026-10-01, 2026-09-30T22:00:00Z",
    "2026-10-25, 2026-10-24T22:00:00Z",
    "2026-10-26, 2026-10-25T23:00:00Z",
    "24h, 2026-11-28T12:00:07.500Z",
    "0s, 2026-11-29T12:00:07.500Z",
    "1d, 2026-11-28T12:00:07.500Z",
  })
  void times_areRfc3339_datesOfTheZone_orAges(String text, String time) throws Exception {
    assertThat(of("at=" + text).time("at", BERLIN)).contains(Instant.parse(time));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "now",
        "yesterday",
        "2026-10",
        "2026-13-01",
        "2026-02-30",
        "2026-10-01T06:00:00",
        "2026-10-01T25:00:00Z",
        "1969-12-31",
        "2200-01-02",
        "-1h",
        "99999d",
        "99999999999h",
        "1h2m",
        "1700000000",
        "+292278994-08-17T07:12:55Z",
        "' OR 1=1 --",
        "２０２６-10-01",
      })
  void whatIsNoTime_isRefused(String text) {
    isWrong("at", 400, () -> of("at=" + text).time("at", BERLIN));
  }

  @Test
  void zone_isOfIana() throws Exception {
    assertThat(of("zone=Europe/Berlin").zone()).isEqualTo(BERLIN);
    // as the document has it
    assertThat(of().zone().getId()).isEqualTo("UTC");
    for (String wrong : List.of("Europe/Nowhere", "../etc/passwd", "CEST", "+25:00")) {
      isWrong("zone", 400, () -> of("zone=" + wrong).zone());
    }
  }

  @Test
  void range_isHalfOpen_andHasAnEndWithoutOne() throws Exception {
    Range range = of("from=2026-11-01", "to=2026-11-02", "zone=Europe/Berlin").range(YEAR).get();
    assertThat(range.from()).isEqualTo("2026-10-31T23:00:00Z");
    assertThat(range.to()).isEqualTo("2026-11-01T23:00:00Z");
    assertThat(range.zone()).isEqualTo(BERLIN);
    assertThat(new String(JsonText.bytes(range), java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"from\":\"2026-10-31T23:00:00Z\",\"to\":\"2026-11-01T23:00:00Z\","
                + "\"zone\":\"Europe/Berlin\"}");
    assertThat(of("from=1h").range(YEAR).get().to()).isEqualTo(NOW);
    assertThat(of().range(YEAR)).isEmpty();
    Range usual = of().range(Duration.ofHours(1), YEAR);
    assertThat(usual.millis())
        .isEqualTo(new TimeRange(NOW.toEpochMilli() - 3_600_000, NOW.toEpochMilli()));
    assertThat(of("to=1h").range(Duration.ofHours(1), YEAR).from())
        .isEqualTo(NOW.minus(Duration.ofHours(2)));
  }

  @Test
  void range_withoutLength_orTooLong_isRefused() {
    isWrong("from", 400, () -> of("from=1h", "to=1h").range(YEAR));
    isWrong("from", 400, () -> of("from=1h", "to=2h").range(YEAR));
    isWrong("to", 400, () -> of("to=1h").range(YEAR));
    isWrong("from", 422, () -> of("from=367d").range(YEAR));
    isWrong("from", 422, () -> of("from=25h").range(Duration.ofHours(1), Duration.ofDays(1)));
  }

  @Test
  void period_isAWord_aMonth_orARange() throws Exception {
    assertThat(of("period=2026-10").period("last-month", YEAR).from())
        .isEqualTo("2026-10-01T00:00:00Z");
    assertThat(of("zone=Europe/Berlin").period("last-month", YEAR).to())
        .isEqualTo("2026-10-31T23:00:00Z");
    assertThat(of("from=1h").period("last-month", YEAR).to()).isEqualTo(NOW);
    isWrong("period", 400, () -> of("period=soon").period("last-month", YEAR));
    isWrong("period", 400, () -> of("period=2027").period("last-month", YEAR));
    isWrong("period", 400, () -> of("period=2026", "from=1h").period("last-month", YEAR));
    isWrong("from", 422, () -> of("period=2025").period("last-month", Duration.ofDays(92)));
  }

  @Test
  void aligned_isOfWholeSteps() throws Exception {
    Range range = of("from=2026-11-29T10:00:05Z", "to=2026-11-29T11:00:05Z").range(YEAR).get();
    Range whole = range.aligned(10_000);
    assertThat(whole.from()).isEqualTo("2026-11-29T10:00:00Z");
    assertThat(whole.to()).isEqualTo("2026-11-29T11:00:10Z");
    assertThat(range.steps(10_000)).isEqualTo(361);
    assertThat(whole.aligned(10_000)).isEqualTo(whole);
    assertThat(whole.steps(10_000)).isEqualTo(361);
  }

  @Test
  void step_isTheShortestThatFits_orTheOneThatIsAskedFor() throws Exception {
    Range hour = of("from=2026-11-29T10:00:00Z", "to=2026-11-29T11:00:00Z").range(YEAR).get();
    Range month = of("from=30d").range(YEAR).get();
    assertThat(of().stepMillis(hour, 1_000, 4_000)).isEqualTo(10_000);
    assertThat(of().stepMillis(hour, 359, 4_000)).isEqualTo(20_000);
    assertThat(of().stepMillis(month, 1_000, 4_000)).isEqualTo(3_600_000);
    assertThat(of("step=15m").stepMillis(month, 1_000, 4_000)).isEqualTo(900_000);
    assertThat(of("step=1d").stepMillis(month, 1_000, 4_000)).isEqualTo(86_400_000);
    isWrong("step", 422, () -> of("step=10s").stepMillis(month, 1_000, 4_000));
    for (String wrong : List.of("0s", "5s", "15s", "7m", "25m", "5h", "2d", "1ms", "x", "-10s")) {
      isWrong("step", 400, () -> of("step=" + wrong).stepMillis(hour, 1_000, 4_000));
    }
  }

  @Test
  void numbers_areWhole_andWithinBounds() throws Exception {
    assertThat(of("n=0").whole("n", 0, 10)).isEqualTo(OptionalLong.of(0));
    assertThat(of("n=-3").whole("n", -3, 10)).isEqualTo(OptionalLong.of(-3));
    assertThat(of().whole("n", 0, 10)).isEmpty();
    assertThat(of().limit()).isEqualTo(100);
    assertThat(of("limit=1000").limit()).isEqualTo(1_000);
    for (String wrong :
        List.of(
            "-1",
            "11",
            "1e3",
            "1.0",
            "+1",
            "0x1",
            "--1",
            "-",
            "٣",
            " 1",
            "9223372036854775808",
            "-9223372036854775809",
            "1".repeat(500))) {
      isWrong("n", 400, () -> of("n=" + wrong).whole("n", 0, 10));
    }
    isWrong("limit", 400, () -> of("limit=0").limit());
    isWrong("limit", 400, () -> of("limit=1001").limit());
  }

  @Test
  void words_areThoseThatThereAre() throws Exception {
    assertThat(of("sort=-power").word("sort", "power", List.of("power", "-power")))
        .isEqualTo("-power");
    assertThat(of().word("sort", "power", List.of("power", "-power"))).isEqualTo("power");
    isWrong("sort", 400, () -> of("sort=x").word("sort", "power", List.of("power", "-power")));
    assertThat(of("role=Viewer").constant("role", Role.class)).contains(Role.VIEWER);
    assertThat(of().constant("role", Role.class)).isEqualTo(Optional.empty());
    isWrong("role", 400, () -> of("role=root").constant("role", Role.class));
  }
}
