// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.StateFormat;
import io.github.joulestream.energy.UnknownStateFormatException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FormatsTest {
  @Test
  void magicBytes_neverChange_andDiffer() {
    List<StateFormat> all =
        Stream.of(Formats.OF_NODES, Formats.OF_TOTALS, Formats.OF_DEVICES, List.of(Formats.RECORD))
            .flatMap(List::stream)
            .toList();
    assertThat(all.stream().map(format -> (char) format.magic() + " " + format.kind()))
        .containsExactly(
            "J a chunk of the journal",
            "R the record of a node",
            "N a node's account",
            "H a block of a node's history",
            "A the record of a node set aside",
            "E the entries of a node set aside",
            "W a total of a job or a site",
            "D the windows of a node's devices",
            "F the record of state formats");
    assertThat(all.stream().map(StateFormat::magic)).doesNotHaveDuplicates().doesNotContain(0);
  }

  @Test
  void aRecordOfFormats_isAcceptedByThisRelease() throws IOException {
    FormatRecord.check(FormatRecord.write(Formats.OF_NODES), Formats.OF_NODES);
    FormatRecord.check(FormatRecord.write(List.of()), Formats.OF_NODES);
  }

  @Test
  void aRecordThatIsNone_isRefused() {
    byte[] written = FormatRecord.write(Formats.OF_NODES);
    for (int length = 0; length < written.length; length++) {
      byte[] cut = Arrays.copyOf(written, length);
      assertThatThrownBy(() -> FormatRecord.check(cut, Formats.OF_NODES))
          .as("%d bytes", length)
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(UnknownStateFormatException.class);
    }
    assertThatThrownBy(() -> FormatRecord.check(written, Formats.OF_TOTALS))
        .hasMessage("the record of state formats lists an unknown magic byte 74");
  }
}
