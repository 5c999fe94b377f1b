// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeWindowsTest {
  /** What {@code streams} passes on to another topic, see RecordRefusals.MAX_SENT_BYTES. */
  private static final int MAX_SENT_BYTES = 900 << 10;

  private static NodeWindow window(String site, String node, int millis, long fragment) {
    return new NodeWindow(site, node, 0, millis, Totals.ofSite(), fragment);
  }

  @Test
  void windowsOfOneSiteLengthAndFragment_areARecord_underTheKeyOfTheFirst() {
    NodeWindows windows =
        new NodeWindows(List.of(window("s", "n2", 10_000, 5), window("s", "n1", 10_000, 5)));
    assertThat(windows.site()).isEqualTo("s");
    assertThat(windows.key()).isEqualTo("s/n2");
  }

  @Test
  void windowsThatDoNotBelongTogether_areNoRecord() {
    NodeWindow first = window("s", "n1", 10_000, 5);
    assertThatThrownBy(() -> new NodeWindows(List.of())).hasMessageContaining("no windows");
    for (NodeWindow other :
        List.of(
            window("t", "n1", 10_000, 5),
            window("s", "n1", 60_000, 5),
            window("s", "n1", 10_000, 6))) {
      assertThatThrownBy(() -> new NodeWindows(List.of(first, other)))
          .hasMessageContaining("several sites, lengths or fragments");
    }
  }

  @Test
  void aRecordOfTheMostAndTheLongest_isSmallEnoughToBeSent() {
    Totals<SiteAmount> largest = Totals.ofSite();
    for (int i = 0; i < largest.size(); i++) {
      largest.set(i, Long.MIN_VALUE);
    }
    List<NodeWindow> windows = new ArrayList<>();
    for (int i = 0; i < NodeWindows.MAX_WINDOWS; i++) {
      String name = "日".repeat(Bounds.NAME_CHARACTERS);
      windows.add(new NodeWindow(name, name, Long.MIN_VALUE / 10_000 * 10_000, 10_000, largest, 1));
    }
    NodeWindows record = new NodeWindows(windows);
    byte[] bytes = WireSerdes.nodeWindows().serializer().serialize("any", record);
    assertThat(bytes.length).isBetween(MAX_SENT_BYTES / 8, MAX_SENT_BYTES);
    assertThat(WireSerdes.nodeWindows().deserializer().deserialize("any", bytes)).isEqualTo(record);
  }
}
