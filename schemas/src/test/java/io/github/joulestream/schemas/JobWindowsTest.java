// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

class JobWindowsTest {
  /** What {@code streams} passes on to another topic, see RecordRefusals.MAX_SENT_BYTES. */
  private static final int MAX_SENT_BYTES = 900 << 10;

  /** What a dead letter keeps of a value. */
  private static final int LETTER_BYTES = 64 << 10;

  private static JobWindow window(String site, String job, int millis, long fragment) {
    return new JobWindow(site, job, 0, millis, Totals.ofJob(), fragment);
  }

  private static byte[] bytes(JobWindows windows) {
    return WireSerdes.jobWindows().serializer().serialize("any", windows);
  }

  private static JobWindows read(byte[] bytes) {
    return WireSerdes.jobWindows().deserializer().deserialize("any", bytes);
  }

  @Test
  void windowsOfOneSiteAndLength_areARecord_underTheKeyOfTheFirst() {
    JobWindows windows =
        new JobWindows(List.of(window("s", "j/2", 10_000, 5), window("s", "j1", 10_000, 6)));
    assertThat(windows.site()).isEqualTo("s");
    assertThat(windows.key()).isEqualTo("s/j/2");
    assertThat(read(bytes(windows))).isEqualTo(windows);
  }

  @Test
  void windowsThatDoNotBelongTogether_areNoRecord() {
    JobWindow first = window("s", "j1", 10_000, 5);
    assertThatThrownBy(() -> new JobWindows(List.of())).hasMessageContaining("no windows");
    for (JobWindow other : List.of(window("t", "j1", 10_000, 5), window("s", "j1", 60_000, 5))) {
      assertThatThrownBy(() -> new JobWindows(List.of(first, other)))
          .hasMessageContaining("several sites or lengths");
    }
  }

  @Test
  void aRecordWithAFurtherWindowThatIsNone_isRefused() {
    JobWindow first = window("s", "j1", 10_000, 5);
    JobWindow uneven = new JobWindow("s", "j1", 7, 10_000, Totals.ofJob(), 5);
    JobWindow unnamed = window("s", "", 10_000, 5);
    for (JobWindow bad : List.of(uneven, unnamed)) {
      byte[] bytes = bytes(new JobWindows(List.of(first, bad)));
      assertThatThrownBy(() -> read(bytes)).isInstanceOf(SerializationException.class);
    }
  }

  @Test
  void oneWindow_isARecordThatHasNoOther() {
    Serde<JobWindow> one = WireSerdes.jobWindow();
    JobWindow window = window("s", "j1", 10_000, 5);
    byte[] bytes = one.serializer().serialize("any", window);
    assertThat(bytes).isEqualTo(bytes(JobWindows.of(window)));
    assertThat(one.deserializer().deserialize("any", bytes)).isEqualTo(window);
    byte[] two = bytes(new JobWindows(List.of(window, window)));
    assertThatThrownBy(() -> one.deserializer().deserialize("any", two))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("2 windows");
  }

  @Test
  void aRecordOfTheMostAndTheLongest_isSmallEnoughToBeSent() {
    Totals<JobAmount> largest = Totals.ofJob();
    for (int i = 0; i < largest.size(); i++) {
      largest.set(i, Long.MIN_VALUE);
    }
    String name = "日".repeat(Bounds.NAME_CHARACTERS);
    long start = Long.MIN_VALUE / 10_000 * 10_000;
    List<JobWindow> windows = new ArrayList<>();
    for (int i = 0; i < JobWindows.MAX_WINDOWS; i++) {
      windows.add(new JobWindow(name, name, start, 10_000, largest, Long.MIN_VALUE));
    }
    JobWindows record = new JobWindows(windows);
    byte[] bytes = bytes(record);
    assertThat(bytes.length).isBetween(MAX_SENT_BYTES / 8, MAX_SENT_BYTES);
    assertThat(read(bytes)).isEqualTo(record);
  }

  /** Of a job with the amounts of 10 s of 64 nodes of 10 kW each. */
  @Test
  void aRecordOfTheMostUsualWindows_isKeptByADeadLetterAsAWhole() {
    Totals<JobAmount> usual = Totals.ofJob();
    for (JobAmount amount : JobAmount.values()) {
      usual.set(amount, amount.name().endsWith("MILLIJOULES") ? 6_400_000_000L : 640_000);
    }
    List<JobWindow> windows = new ArrayList<>();
    for (int i = 0; i < JobWindows.MAX_WINDOWS; i++) {
      windows.add(new JobWindow("site", "%08d".formatted(i), 1_700_000_000_000L, 10_000, usual, 0));
    }
    assertThat(bytes(new JobWindows(windows)).length).isBetween(LETTER_BYTES / 4, LETTER_BYTES);
  }
}
