// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.WireSerdes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PowerRecordsTest {
  /** However many jobs nodes have, and however long their names are. */
  @Test
  void powerOfNodes_fitsIntoRecordsOfATopic_andTheLargestJobsStay() {
    List<PowerSnapshot> records = new ArrayList<>();
    List<String> cut = new ArrayList<>();
    PowerRecords power =
        new PowerRecords(
            (site, nodes) -> records.add(new PowerSnapshot(site, 0, 1_700_000_000_000L, nodes)),
            cut::add);
    String name = "\u20ac".repeat(240);
    for (int n = 0; n < 20; n++) {
      List<JobPower> jobs =
          IntStream.range(0, n == 7 ? 5_000 : 200)
              .mapToObj(i -> new JobPower(name + i, i, 10_000, 0))
              .toList();
      power.add(
          "site",
          new NodePower(
              "n" + n, 1_700_000_000_000L, 1, List.of(1L, 0L, 0L, 0L, 0L, 0L), 1, jobs, List.of()));
    }
    power.end();
    assertThat(cut).containsExactly("n7");
    assertThat(records.stream().mapToInt(record -> record.nodes().size()).sum()).isEqualTo(20);
    assertThat(records)
        .allSatisfy(record ->
            assertThat(WireSerdes.powerSnapshot().serializer().serialize("any", record).length)
                .isLessThanOrEqualTo(PowerRecords.MAX_BYTES + 1_000));
    NodePower n7 =
        records.stream()
            .flatMap(record -> record.nodes().stream())
            .filter(node -> node.node().equals("n7"))
            .findFirst()
            .orElseThrow();
    assertThat(n7.jobs().getFirst().milliwatts()).isEqualTo(4_999);
    assertThat(n7.jobs().size()).isGreaterThan(500);
  }
}
