// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import java.util.List;

/** What the words of the report mean. */
final class DirectorDefinitions {
  private DirectorDefinitions() {}

  static Section section() {
    return new Section(
        "definitions",
        "Definitions",
        List.of(),
        new Table(
            "definitions",
            List.of(Column.text("term", "Term"), Column.text("definition", "Definition")),
            List.of(
                Cells.row(
                    "Measured energy",
                    "of all devices of nodes, no device twice: that of jobs and that which was not"
                        + " allocated"),
                Cells.row("Facility", "all that the site consumed, before the transfer switch"),
                Cells.row("Overhead", "facility less measured; it can be below 0"),
                Cells.row(
                    "Held idle",
                    "energy of GPUs that a job held at a use under 5 %; of GPUs alone, over energy"
                        + " of all devices"),
                Cells.row("Unallocated idle", "energy of devices that no job was given"),
                Cells.row("Idle waste", "held idle and unallocated idle"),
                Cells.row(
                    "PUE, category 1 or 2",
                    "facility over the outputs of UPSs, or of PDUs (ISO/IEC 30134-2, EN 50600-4-2);"
                        + " a ratio of energies, in the steps in which both meters covered 99 % of"
                        + " their time"),
                Cells.row(
                    "Facility per measured IT",
                    "facility over measured energy; at least the PUE of category 3"),
                Cells.row(
                    "Cost",
                    "energy of each step times its price times the facility's energy over the"
                        + " measured energy of the step, and fixed and demand charges"),
                Cells.row(
                    "CO2e, location",
                    "energy of each step with the facility's overhead, times the intensity of the"
                        + " grid (GHG Protocol Scope 2, location-based)"),
                Cells.row(
                    "CO2e, market",
                    "the same by contracts: what is contracted with the contract's intensity, the"
                        + " rest with the supplier's or the residual mix's (GHG Protocol Scope 2,"
                        + " market-based)"),
                Cells.row(
                    "Renewable",
                    "share of the energy, step by step: own generation that was used, and the"
                        + " grid's mix; nuclear power is not renewable"),
                Cells.row(
                    "Per GPU hour",
                    "energy of jobs over GPU time held: the mean power by held GPU, in kW"),
                Cells.row("Coverage", "device time whose energy is known, over all device time"),
                Cells.row(
                    "As of",
                    "values of the grid that were issued later do not count; energy is as the store"
                        + " had it when the report was made"),
                Cells.row("-", "not known; 0 is a measured 0")),
            null,
            Table.ALL_ROWS),
        List.of(),
        false);
  }
}
