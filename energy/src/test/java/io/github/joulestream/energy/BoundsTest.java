// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundsTest {
  private static Device named(String id) {
    return Device.sensor(id, DeviceKind.GPU);
  }

  @Test
  void name_hasAtMost250Characters() {
    String longest = "\u20ac".repeat(Bounds.NAME_CHARACTERS);
    assertThat(named(longest).id()).isEqualTo(longest);
    assertThat(longest.getBytes(StandardCharsets.UTF_8)).hasSize(Bounds.NAME_BYTES);
    assertThatThrownBy(() -> named(longest + "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 250 characters, and has 251");
    assertThatThrownBy(() -> named("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> named("gpu0").asInstanceOf(longest + "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\0",
        "\t",
        "\n",
        "\r",
        "\u001b",
        "\u007f",
        "\u0080",
        "\u009b",
        "\u009f",
        "\u061c",
        "\u200e",
        "\u200f",
        "\u2028",
        "\u2029",
        "\u202a",
        "\u202e",
        "\u2066",
        "\u2069",
        "\ud800",
        "\udc00",
        "\udc00\ud800",
        "\ud800x"
      })
  void name_holdsNothingThatCannotBeShown(String bad) {
    for (String name : List.of(bad, "a" + bad, bad + "b", "a" + bad + "b")) {
      assertThat(Bounds.isName(name)).isFalse();
      assertThatThrownBy(() -> named(name))
          .isInstanceOf(IllegalArgumentException.class)
          .extracting(Throwable::getMessage, as(STRING))
          .satisfies(
              message -> assertThat(Bounds.firstUnprintable(message)).isEqualTo(message.length()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpu0",
        "a b",
        "GPU-8f2c/1",
        "\u00e9",
        "\u8282\u70b9",
        "\ud83d\ude00",
        "\u00a0",
        "\u202f",
        "\u200c",
        "\ufffd",
        "=x"
      })
  void name_mayHoldAllElse(String good) {
    assertThat(Bounds.isName(good)).isTrue();
    assertThat(named(good).id()).isEqualTo(good);
  }

  @Test
  void shown_isShortAndPrintable() {
    assertThat(Bounds.shown("a\u001b[2J\n\u009b")).isEqualTo("'a\\u001b[2J\\u000a\\u009b'");
    assertThat(Bounds.shown("x".repeat(100_000))).isEqualTo("'" + "x".repeat(60) + " ...'");
    String pairs = "x" + "\ud83d\ude00".repeat(100);
    assertThat(Bounds.shown(pairs)).isEqualTo("'x" + "\ud83d\ude00".repeat(29) + " ...'");
  }

  @Test
  void text_isCutBetweenCharacters() {
    String fits = "\ud83d\ude00".repeat(Bounds.TEXT_CHARACTERS / 2);
    assertThat(Bounds.cutText(fits)).isSameAs(fits);
    assertThat(Bounds.cutText("x" + fits))
        .isEqualTo("x" + "\ud83d\ude00".repeat(Bounds.TEXT_CHARACTERS / 2 - 1));
    assertThat(named("g").withModel("m".repeat(5_000), Long.MAX_VALUE))
        .isEqualTo(named("g").withModel("m".repeat(Bounds.TEXT_CHARACTERS), 0));
  }

  @Test
  void labels_mergedStayWithinTheBounds_andKeepWhatWasThere() {
    Map<String, String> before = new HashMap<>();
    for (int i = 0; i < Bounds.LABELS - 1; i++) {
      before.put("b" + i, "v");
    }
    Map<String, String> merged =
        Bounds.mergedLabels(before, Map.of("b0", "new", "x", "1", "y", "2"));
    assertThat(merged)
        .hasSize(Bounds.LABELS)
        .containsAllEntriesOf(Map.of("b0", "new", "b1", "v", "x", "1"))
        .doesNotContainKey("y");
    Map<String, String> large = new HashMap<>();
    for (int i = 0; i < 10; i++) {
      large.put("l" + i, "v".repeat(20_000));
    }
    large.put("n".repeat(Bounds.TEXT_CHARACTERS + 1), "");
    assertThatThrownBy(() -> Bounds.labels(large, "a job"))
        .isInstanceOf(IllegalArgumentException.class);
    Map<String, String> within = Bounds.withinBounds(large);
    assertThatCode(() -> Bounds.labels(within, "a job")).doesNotThrowAnyException();
    assertThat(within.get("l0")).hasSize(Bounds.LONG_TEXT_CHARACTERS);
    assertThat(within).hasSize(2);
  }

  @Test
  void numbersAndTimes_haveTheirBounds() {
    refusedBeyond(Bounds.POWER_LIMIT_MILLIWATTS, limit -> device(limit, 0, 0, 0));
    refusedBeyond(Bounds.AVERAGING_MILLIS, averaging -> device(0, (int) (long) averaging, 0, 0));
    refusedBeyond(Bounds.COUNTER_WRAP_MICROJOULES, wrap -> device(0, 0, wrap, 0));
    refusedBeyond(Device.MAX_BYTES, bytes -> device(0, 0, 0, bytes));
    assertThat(Bounds.isTime(Bounds.OLDEST_EPOCH_MILLIS)).isTrue();
    assertThat(Bounds.isTime(Bounds.OLDEST_EPOCH_MILLIS - 1)).isFalse();
    assertThat(Bounds.isTime(Bounds.NEWEST_EPOCH_MILLIS)).isTrue();
    assertThat(Bounds.isTime(Bounds.NEWEST_EPOCH_MILLIS + 1)).isFalse();
    assertThat(Bounds.timeIfAny(0, "")).isZero();
    assertThat(Bounds.timeIfAny(-1, "")).isEqualTo(-1);
    for (long none : new long[] {1, 5_000, -2, Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> Bounds.timeIfAny(none, "start of a job"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("start of a job");
    }
    for (double none : new double[] {-1, 2 * Bounds.WORK, Double.NaN, 1 / 0.0}) {
      assertThatThrownBy(() -> Bounds.work(none, "work"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static Device device(long limit, int averaging, long wrap, long bytes) {
    return new Device(
        "d",
        DeviceKind.GPU,
        PowerSource.SENSOR,
        null,
        "",
        new DevicePower(limit, averaging),
        new EnergyCounter(0, wrap),
        bytes,
        "");
  }

  private static void refusedBeyond(long most, Consumer<Long> maker) {
    maker.accept(0L);
    maker.accept(most);
    for (long beyond : new long[] {most + 1, -1}) {
      assertThatThrownBy(() -> maker.accept(beyond)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
