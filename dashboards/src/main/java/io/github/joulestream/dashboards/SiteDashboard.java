// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Windows;
import java.util.List;
import java.util.stream.Stream;

/** One site: its devices, its jobs, its idle time, and how well it is measured. */
final class SiteDashboard {
  static final String UID = "joulestream-site";

  private static final Source LEDGER = Source.LEDGER;

  private SiteDashboard() {}

  static Dashboard describe() {
    return new Dashboard(
        UID,
        "Site",
        "One site: power and energy, devices in use, and how well it is measured.",
        "now-6h",
        "30s",
        List.of(
            Variable.oneSite(),
            Variable.window(Windows.NAME),
            Variable.store(Windows.NAME),
            Variable.currency()),
        List.of(
            Annotation.alertsThatFire(),
            Annotation.alertsThatEnded(),
            Annotation.jobStarts(true),
            Annotation.jobEnds(true)),
        Stream.of(overview(), SupplyPanels.supply(), rest()).flatMap(List::stream).toList());
  }

  private static List<Panel> overview() {
    return List.of(
        Panels.row("Now, and over the range"),
        SitePanels.powerNow(),
        overWindows("Peak power", "max", "The highest power of any window of the range."),
        overWindows("Mean power", "mean", "Mean of all windows of the range that were seen."),
        SitePanels.energy(),
        SupplyPanels.cost(),
        SupplyPanels.carbon(),
        Panels.row("Power and energy"),
        SitePanels.powerByKind(12, 9),
        jobsAndIdle(),
        energyPerHour(),
        SitePanels.whereTo(8, 8));
  }

  private static List<Panel> rest() {
    return List.of(
        Panels.row("Use"),
        gpus(),
        SitePanels.utilisation(12, 9),
        Panels.row("How well it is measured"),
        SitePanels.coverage().sized(3, 6),
        quality().sized(7, 6),
        metersOrParts().sized(7, 6),
        sharing().sized(7, 6),
        Panels.row("Meters of the site"),
        MeterPanels.pueOfUps().sized(4, 4),
        MeterPanels.pueOfPdus().sized(4, 4),
        MeterPanels.perMeasuredIt().sized(4, 4),
        MeterPanels.generation().sized(3, 4),
        MeterPanels.export().sized(3, 4),
        MeterPanels.water().sized(3, 4),
        MeterPanels.waterPerMeasuredIt().sized(3, 4),
        MeterPanels.ratiosOverTime(8, 8),
        MeterPanels.power(8, 8),
        MeterPanels.coverage(8, 8),
        Panels.row("Nodes and jobs"),
        SitePanels.topNodes(10, 10, SitePanels.CHOSEN),
        SitePanels.topJobs(14, 10, SitePanels.CHOSEN),
        NodesTable.describe());
  }

  private static Panel overWindows(String title, String function, String description) {
    List<Column> power = List.of(Queries.watts("Power", "total_watts"));
    return Panels.stat(title, Panels.WATTS)
        .describedAs(description)
        .asks(
            Query.series(
                Queries.overWindows(
                    function, Queries.perWindow(Source.SITE_WINDOW, power), power)));
  }

  private static Panel jobsAndIdle() {
    return Panels.stacked("Power of jobs and idle", Panels.WATTS, 12, 9)
        .describedAs("Power of jobs, and power that is idle: together all.")
        .asks(
            Query.series(
                Queries.trend(
                    Source.SITE_WINDOW,
                    List.of(
                        Queries.watts("Jobs", "jobs_watts"),
                        Queries.watts("Idle", "idle_watts")))));
  }

  private static Panel energyPerHour() {
    return Panels.columns("Energy per hour", Panels.KILOWATT_HOURS, 16, 8)
        .describedAs("What each hour took. The hours at the edges of the range may be cut.")
        .asks(Query.series(Queries.perInterval(LEDGER, Windows.HOUR_NAME, Queries.whereTo())));
  }

  private static Panel gpus() {
    List<Column> columns =
        List.of(
            Queries.devices("Seen", SiteAmount.GPU_MILLIS),
            Queries.devices("Allocated", SiteAmount.GPU_ALLOCATED_MILLIS),
            Queries.devices("Busy", SiteAmount.GPU_BUSY_MILLIS));
    return Panels.lines("GPUs", Panels.COUNT, 12, 9)
        .describedAs("How many GPUs were seen, how many were allocated, and how many were busy.")
        .asks(Query.series(Queries.trend(LEDGER, columns)))
        .fromZero();
  }

  private static Panel quality() {
    return Panels.donut("Quality of the energy", Panels.KILOWATT_HOURS, 8, 6)
        .describedAs(
            "Measured: from counters or dense readings. Estimated: over gaps up to 5 min. Modelled:"
                + " from use, for devices without a meter.")
        .asks(
            Query.series(
                Queries.inRange(
                    LEDGER,
                    List.of(
                        Queries.kilowattHours(
                            LEDGER, "Measured", SiteAmount.QUALITY_MEASURED_MILLIJOULES),
                        Queries.kilowattHours(
                            LEDGER, "Estimated", SiteAmount.QUALITY_ESTIMATED_MILLIJOULES),
                        Queries.kilowattHours(
                            LEDGER, "Modelled", SiteAmount.QUALITY_MODELLED_MILLIJOULES)))));
  }

  private static Panel metersOrParts() {
    return Panels.donut("Node meters or sums of devices", Panels.KILOWATT_HOURS, 8, 6)
        .describedAs(
            "What meters of nodes measured, with fans and losses of supplies, and what is the"
                + " sum of devices. Together all that was measured.")
        .asks(
            Query.series(
                Queries.inRange(
                    LEDGER,
                    List.of(
                        Queries.kilowattHours(
                            LEDGER, "Meters of nodes", SiteAmount.WHOLE_NODE_MILLIJOULES),
                        new Column(
                            "Sums of devices",
                            "(%s - %s) / %s"
                                .formatted(
                                    LEDGER.sum(SiteAmount.MEASURED_TOTAL_MILLIJOULES),
                                    LEDGER.sum(SiteAmount.WHOLE_NODE_MILLIJOULES),
                                    Queries.KILOWATT_HOUR))))));
  }

  private static Panel sharing() {
    return Panels.donut("Devices had alone or shared", Panels.KILOWATT_HOURS, 8, 6)
        .describedAs("Energy of jobs that had a device for themselves, and of jobs that shared it.")
        .asks(
            Query.series(
                Queries.inRange(
                    LEDGER,
                    List.of(
                        Queries.kilowattHours(LEDGER, "Alone", SiteAmount.EXCLUSIVE_MILLIJOULES),
                        Queries.kilowattHours(LEDGER, "Shared", SiteAmount.SHARED_MILLIJOULES)))));
  }
}
