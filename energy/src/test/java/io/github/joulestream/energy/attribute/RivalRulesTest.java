// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.SiteAmount.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A batch that has the number of another is a repeat if it says the same, and else a rival. */
class RivalRulesTest {
  private static final long START = 1_700_000_000_000L;
  private static final long EPOCH = 9;
  private static final Device GPU = Device.sensor("gpu0", DeviceKind.GPU);

  private final BookedNode node = new BookedNode();

  /** Sixty batches of somebody else came first, under the numbers that the agent uses next. */
  @Test
  void forgedNumbers_takeNothingFromTheTrueBatches() {
    for (int i = 0; i < 60; i++) {
      node.takeNumbered(EPOCH, i, START + 1_000, power(START - 70_000 + i, 1));
    }
    for (int i = 0; i < 60; i++) {
      if (i == 30) {
        node.restart();
      }
      Outcome outcome =
          node.takeNumbered(EPOCH, i, START + i * 1_000L, power(START + i * 1_000L, 500_000));
      assertThat(outcome.repeated()).isFalse();
    }
    // 59 s at 500 W, and what leads up to it from the last of the others
    long before = 500_001L * (70_000 - 59) / 2 / 1_000;
    assertThat(node.site(MEASURED_TOTAL_MILLIJOULES))
        .isBetween(29_500_000 + before - 1, 29_500_000 + before + 1);
    assertThat(node.site(RIVAL_AGENT_BATCHES)).isEqualTo(60);
    assertThat(node.site(REPEATED_READINGS)).isZero();
  }

  /** Of a moment that is known, what arrived first is kept; of others, what the rival says. */
  @Test
  void aRival_addsWhatIsNotKnown_andChangesNothingThatIs() {
    for (int i = 0; i < 10; i++) {
      node.takeNumbered(EPOCH, i, START + i * 1_000L, power(START + i * 1_000L, 300_000));
    }
    long before = node.site(MEASURED_TOTAL_MILLIJOULES);
    Outcome outcome =
        node.takeNumbered(
            EPOCH,
            5,
            START + 10_000,
            new DeviceSeries(
                GPU,
                Readings.ofPower(
                    new long[] {START + 5_000, START + 10_000}, new long[] {900_000, 300_000})));

    assertThat(outcome.refusals()).singleElement().asString().contains("refused conflict: 1");
    assertThat(node.site(REFUSED_CONFLICT)).isEqualTo(1);
    assertThat(node.site(RIVAL_AGENT_BATCHES)).isEqualTo(1);
    assertThat(node.site(MEASURED_TOTAL_MILLIJOULES)).isEqualTo(before + 300_000);
    assertThat(node.keptMilliwatts()).containsEntry(START + 5_000, 300_000L);
  }

  /** A number far ahead makes what true batches held unknown; it is kept all the same. */
  @Test
  void aRival_ofABatchWhoseContentIsNotKnown_changesNothingEither() {
    node.takeNumbered(EPOCH, 1_000_000, START, power(START - 1_000, 300_000));
    for (int i = 0; i < 10; i++) {
      node.takeNumbered(EPOCH, i, START + i * 1_000L, power(START + i * 1_000L, 300_000));
    }
    long before = node.site(MEASURED_TOTAL_MILLIJOULES);
    Outcome outcome = node.takeNumbered(EPOCH, 5, START + 10_000, power(START + 5_000, 900_000));
    assertThat(outcome.refusals()).singleElement().asString().contains("refused conflict: 1");
    assertThat(node.site(RIVAL_AGENT_BATCHES)).isEqualTo(1);
    assertThat(node.site(MEASURED_TOTAL_MILLIJOULES)).isEqualTo(before);
  }

  @Test
  void theSameOnceMore_isARepeat_alsoAfterARestart() {
    List<DeviceSeries> said = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      said.add(power(START + i * 1_000L, 300_000 + i));
      node.takeNumbered(EPOCH, i, START + i * 1_000L, said.get(i));
    }
    var before = node.booked();
    node.restart();
    for (int i = 39; i >= 0; i--) {
      assertThat(node.takeNumbered(EPOCH, i, START + 41_000, said.get(i)).repeated()).isTrue();
    }
    assertThat(node.site(REPEATED_READINGS)).isEqualTo(40);
    assertThat(node.site(RIVAL_AGENT_BATCHES)).isZero();
    assertThat(node.site(MEASURED_TOTAL_MILLIJOULES)).isPositive();
    node.clearRepeats();
    assertThat(node.booked()).isEqualTo(before);
  }

  private static DeviceSeries power(long time, long milliwatts) {
    return new DeviceSeries(GPU, Readings.ofPower(new long[] {time}, new long[] {milliwatts}));
  }
}
