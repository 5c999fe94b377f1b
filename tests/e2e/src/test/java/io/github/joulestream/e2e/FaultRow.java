// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * What a fault did to the ledger: a row of the table in docs/reliability.md.
 *
 * @param fault what happened to which part, as "broker 1 killed (kill -9)"
 * @param times how often
 * @param promised what operators may rely on
 * @param happened what was observed, with figures
 * @param lostReadings readings that were sent and are not in the ledger
 * @param repeatedReadings readings that are in the ledger more than once
 * @param differenceMillijoules measured energy less that of jobs and idle energy, and less that of
 *     a run without faults where there is one; absolute
 */
record FaultRow(
    String fault,
    int times,
    String promised,
    String happened,
    long lostReadings,
    long repeatedReadings,
    long differenceMillijoules) {

  private static final Path TABLE = Path.of("target", "reliability.md");

  /**
   * Prints the row, appends it to {@code target/reliability.md}, and fails unless nothing is lost.
   */
  void report() throws IOException {
    String row =
        String.format(
            Locale.ROOT,
            "| %s | %,d | %s | %s | %,d | %,d | %,d mJ |",
            fault,
            times,
            promised,
            happened,
            lostReadings,
            repeatedReadings,
            differenceMillijoules);
    System.out.println("reliability: " + row);
    Files.createDirectories(TABLE.toAbsolutePath().getParent());
    Files.writeString(TABLE, row + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    assertThat(lostReadings).as("lost: %s", this).isZero();
    assertThat(repeatedReadings).as("booked twice: %s", this).isZero();
    assertThat(differenceMillijoules).as("difference: %s", this).isZero();
  }
}
