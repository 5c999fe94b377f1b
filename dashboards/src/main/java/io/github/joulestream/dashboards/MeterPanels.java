// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.FacilityRatio;

/** Panels about the meters of sites: PUE by its category, own generation, export, water. */
final class MeterPanels {
  private MeterPanels() {}

  static Panel pueOfUps() {
    return ratio(
            FacilityRatio.PUE_CATEGORY_1,
            "Energy at facility meters over energy at the outputs of UPSs (ISO/IEC 30134-2), of the"
                + " windows and sites in which both kinds of meters report.")
        .without("no UPS meter");
  }

  static Panel pueOfPdus() {
    return ratio(
            FacilityRatio.PUE_CATEGORY_2,
            "Energy at facility meters over energy at the outputs of PDUs (ISO/IEC 30134-2), of the"
                + " windows and sites in which both kinds of meters report.")
        .without("no PDU meter");
  }

  static Panel perMeasuredIt() {
    return ratio(
            FacilityRatio.PER_MEASURED_IT,
            "Energy at facility meters over energy that was measured of nodes. It is no PUE: not all"
                + " IT equipment is measured, so a PUE of category 3 is at most this.")
        .without("no facility meter");
  }

  private static Panel ratio(FacilityRatio ratio, String description) {
    return Panels.stat(ratio.title(), "none")
        .describedAs(description)
        .asks(Query.series(MeterQueries.ratio(ratio)))
        .decimals(2)
        .thresholds("green", new Threshold(1.4, "yellow"), new Threshold(1.8, "red"));
  }

  static Panel generation() {
    return Panels.stat("Own generation", Panels.KILOWATT_HOURS)
        .describedAs("Energy at meters of on-site generation over the range.")
        .asks(Query.series(MeterQueries.energy(DeviceKind.GENERATION)))
        .without("no generation meter");
  }

  static Panel export() {
    return Panels.stat("Exported", Panels.KILOWATT_HOURS)
        .describedAs("Energy that was exported to the grid over the range.")
        .asks(Query.series(MeterQueries.energy(DeviceKind.EXPORT)))
        .without("no export meter");
  }

  static Panel water() {
    return Panels.stat("Water", "litre")
        .describedAs("Water that meters of the sites measured over the range.")
        .asks(Query.series(MeterQueries.water()))
        .without("no water meter");
  }

  static Panel waterPerMeasuredIt() {
    return Panels.stat("Water per measured IT, l/kWh", "none")
        .describedAs(
            "Litres of water by the energy that was measured of nodes, kWh. WUE (water usage"
                + " effectiveness) divides by the energy of all IT equipment, so it is at most this.")
        .asks(Query.series(MeterQueries.waterPerMeasuredIt()))
        .decimals(2)
        .without("no water meter");
  }

  static Panel ratiosOverTime(int width, int height) {
    Panel panel =
        Panels.lines("PUE over time", "none", width, height)
            .describedAs(
                "Power at facility meters over power at UPSs, at PDUs, and of what nodes measured, in"
                    + " the windows that the meters covered.");
    for (FacilityRatio ratio : FacilityRatio.values()) {
      panel.asks(Query.series(MeterQueries.ratioTrend(ratio)));
    }
    return panel.without("no facility meter");
  }

  static Panel power(int width, int height) {
    Panel panel =
        Panels.lines("Power at meters of the site", Panels.WATTS, width, height)
            .describedAs("Each kind of meter, added up, and what was measured of nodes.");
    MeterQueries.power().forEach(panel::asks);
    return panel.fromZero();
  }

  static Panel coverage(int width, int height) {
    Panel panel =
        Panels.lines("Coverage of meters of the site", Panels.SHARE, width, height)
            .describedAs(
                "Time with known energy of each kind of meter, of the time since its first reading."
                    + " Windows under 99 % have no PUE.");
    MeterQueries.coverage().forEach(panel::asks);
    return panel.between(0, 1).without("no meter of the site");
  }
}
