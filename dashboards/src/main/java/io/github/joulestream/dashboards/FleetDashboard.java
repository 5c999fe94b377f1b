// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import java.util.List;
import java.util.Map;

/** All sites together: how much now, against what budget, for whom, and what is wasted. */
final class FleetDashboard {
  static final String UID = "joulestream-fleet";

  private FleetDashboard() {}

  static Dashboard describe() {
    return new Dashboard(
        UID,
        "Joulestream / Fleet",
        "All chosen sites together: power, energy, cost, use and waste.",
        "now-6h",
        "30s",
        List.of(
            Variable.sites(),
            Variable.window("10s"),
            Variable.store("10s"),
            Variable.budget(),
            Variable.price(),
            Variable.carbon()),
        List.of(Annotation.alerts(), Annotation.jobStarts(false), Annotation.jobEnds(false)),
        List.of(
            Panels.row("Now, and over the range"),
            SitePanels.powerNow(),
            SitePanels.againstBudget(),
            SitePanels.energy(),
            SitePanels.cost(),
            SitePanels.carbon(),
            SitePanels.pue(),
            Panels.row("Power"),
            powerByKindAndBudget(),
            SitePanels.whereTo(8, 9),
            powerBySite(),
            SitePanels.idlePower(12, 8),
            Panels.row("Utilisation"),
            SitePanels.utilisationNow(8, 9),
            SitePanels.utilisation(16, 9),
            Panels.row("Who"),
            SitePanels.sites(12, 10),
            SitePanels.topJobs(12, 10)));
  }

  private static Panel powerByKindAndBudget() {
    // a constant line: what is measured does not change it
    Select budget =
        Select.of("mean(\"Power\") * 0 + ${budget:raw} * 1000.0 AS \"Budget\"")
            .from(
                Queries.perWindow(
                    Source.SITE_POWER, List.of(Queries.watts("Power", "total_watts"))))
            .where(Select.IN_RANGE)
            .groupBy("time($__interval)")
            .fill("null");
    return SitePanels.powerByKind(16, 9)
        .asks(Query.series(budget))
        .field(
            "Budget",
            Map.of(
                "color",
                Json.object("mode", "fixed", "fixedColor", "red"),
                "custom.stacking",
                Json.object("group", "A", "mode", "none"),
                "custom.fillOpacity",
                0,
                "custom.lineWidth",
                2,
                "custom.lineStyle",
                Json.object("fill", "dash", "dash", List.of(10, 10))));
  }

  private static Panel powerBySite() {
    return Panels.stacked("Power by site", Panels.WATTS, 12, 8)
        .says("Mean power of each chosen site, stacked.")
        .asks(
            Query.series(
                Queries.trend(
                    Source.SITE_POWER, List.of(Queries.watts("Power", "total_watts")), "site"),
                "$tag_site"));
  }
}
