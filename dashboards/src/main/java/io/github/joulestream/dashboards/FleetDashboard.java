// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.Windows;
import java.util.List;
import java.util.stream.Stream;

/** All sites together: how much now, against what budget, for whom, and what is wasted. */
final class FleetDashboard {
  static final String UID = "joulestream-fleet";

  private FleetDashboard() {}

  static Dashboard describe() {
    return new Dashboard(
        UID,
        "Fleet",
        "All chosen sites together: power, energy, cost, use and waste.",
        "now-6h",
        "30s",
        List.of(
            Variable.sites(),
            Variable.window(Windows.NAME),
            Variable.store(Windows.NAME),
            Variable.budget(),
            Variable.currency()),
        List.of(
            Annotation.alertsThatFire(),
            Annotation.alertsThatEnded(),
            Annotation.jobStarts(false),
            Annotation.jobEnds(false)),
        Stream.of(overview(), SupplyPanels.supply(), rest()).flatMap(List::stream).toList());
  }

  private static List<Panel> overview() {
    return List.of(
        Panels.row("Now, and over the range"),
        SitePanels.powerNow(),
        SitePanels.againstBudget(),
        SitePanels.energy(),
        SupplyPanels.cost(),
        SupplyPanels.carbon(),
        MeterPanels.pueOfUps(),
        Panels.row("Power"),
        powerByKindAndBudget(),
        SitePanels.whereTo(8, 9),
        powerBySite(),
        SitePanels.idlePower(12, 8));
  }

  private static List<Panel> rest() {
    return List.of(
        Panels.row("Meters of the sites"),
        MeterPanels.pueOfPdus(),
        MeterPanels.perMeasuredIt(),
        MeterPanels.generation(),
        MeterPanels.export(),
        MeterPanels.water(),
        MeterPanels.waterPerMeasuredIt(),
        Panels.row("Utilisation"),
        SitePanels.utilisationNow(8, 9),
        SitePanels.utilisation(16, 9),
        Panels.row("Who"),
        SitePanels.sites(10, 10),
        SitePanels.topNodes(7, 10, SitePanels.CHOSEN),
        SitePanels.topJobs(7, 10, SitePanels.CHOSEN));
  }

  private static Panel powerByKindAndBudget() {
    return SitePanels.powerByKind(16, 9)
        .asks(SitePanels.budgetLine())
        .field("Budget", Panels.limit());
  }

  private static Panel powerBySite() {
    return Panels.stacked("Power by site", Panels.WATTS, 12, 8)
        .describedAs("Mean power of each chosen site, stacked.")
        .asks(
            Query.series(
                Queries.trend(
                    Source.SITE_WINDOW, List.of(Queries.watts("Power", "total_watts")), "site"),
                "$tag_site"));
  }
}
