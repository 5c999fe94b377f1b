// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Windows;
import java.util.List;

/** One job: what it took, where, how much of it was use, and how sure that is. */
final class JobDashboard {
  static final String UID = "joulestream-job";

  private static final Source WINDOWS = Source.JOB_WINDOW;
  private static final Source SUMMARY = Source.JOB_SUMMARY;

  private JobDashboard() {}

  static Dashboard describe() {
    String job = Queries.job(SUMMARY);
    return new Dashboard(
        UID,
        "Job",
        "One job: energy, power by kind, efficiency, coverage and quality.",
        "now-6h",
        "1m",
        List.of(
            Variable.oneSite(),
            Variable.job(),
            Variable.price(),
            Variable.carbon(),
            Variable.nodesOfJob()),
        List.of(Annotation.jobStarts(true, job), Annotation.jobEnds(true, job)),
        List.of(
            Panels.row("From start to end, by its summary"),
            facts(),
            life(
                "Energy of the job",
                Panels.KILOWATT_HOURS,
                "All its energy so far, wherever the range is.",
                Queries.kilowattHours(SUMMARY, "Energy", JobAmount.TOTAL_MILLIJOULES)),
            life(
                "Cost of the job",
                Panels.MONEY,
                "All its energy times the price that is typed in above: one price for all its time.",
                Queries.cost(SUMMARY, JobAmount.TOTAL_MILLIJOULES)),
            life(
                "CO2 of the job",
                Panels.GRAMS,
                "All its energy times the carbon intensity that is typed in above: one for all its time.",
                Queries.carbon(SUMMARY, JobAmount.TOTAL_MILLIJOULES)),
            life(
                "Peak power of the job",
                Panels.WATTS,
                "The highest mean power of any complete window of 10 s.",
                new Column("Peak", "max(" + SUMMARY.field("peak_milliwatts") + ") / 1000.0")),
            life(
                "Energy per GPU hour",
                Panels.KILOWATT_HOURS,
                "All its energy over the GPU hours that it held.",
                perGpuHour()),
            life(
                "Work per joule",
                "none",
                "Units of work that the job reported, over its energy. 0 if it reported none.",
                workPerJoule()),
            life(
                    "GPU busy while held",
                    Panels.SHARE,
                    "GPU time busy, of the GPU time that it held.",
                    Queries.ratio(
                        SUMMARY, "Busy", JobAmount.GPU_BUSY_MILLIS, JobAmount.GPU_HELD_MILLIS))
                .sized(3, 4)
                .decimals(1)
                .thresholds("red", new Threshold(0.3, "yellow"), new Threshold(0.6, "green")),
            life(
                    "Energy held but idle",
                    Panels.SHARE,
                    "Energy of GPUs that it held at a use under 5 %, of all its energy.",
                    Queries.ratio(
                        SUMMARY,
                        "Held idle",
                        JobAmount.HELD_IDLE_MILLIJOULES,
                        JobAmount.TOTAL_MILLIJOULES))
                .sized(3, 4)
                .decimals(1)
                .thresholds("green", new Threshold(0.1, "yellow"), new Threshold(0.3, "red")),
            life(
                    "Coverage of the job",
                    Panels.SHARE,
                    "Device time whose energy is known, of all device time that it held.",
                    Queries.coverage(SUMMARY))
                .sized(3, 4)
                .decimals(1)
                .thresholds("red", new Threshold(0.95, "yellow"), new Threshold(0.99, "green")),
            life(
                    "By meters of nodes",
                    Panels.SHARE,
                    "The share of its energy that meters of nodes measured, with fans and"
                        + " losses of supplies. At 100 % all of it is, at 0 % it is the sum"
                        + " of its devices.",
                    Queries.ratio(
                        SUMMARY,
                        "Node meters",
                        JobAmount.WHOLE_NODE_MILLIJOULES,
                        JobAmount.TOTAL_MILLIJOULES))
                .sized(3, 4)
                .decimals(1),
            life(
                    "GPU hours held",
                    "none",
                    "GPU time that it held, by share, h.",
                    new Column(
                        "GPU hours", SUMMARY.sum(JobAmount.GPU_HELD_MILLIS) + " / 3600000.0"))
                .sized(3, 4)
                .decimals(1),
            nodes(),
            Panels.row("In the range"),
            powerByKind(),
            energyByKind(),
            energySoFar(),
            quality(),
            QuarterHourPanels.ofJob(),
            Panels.row("Its nodes"),
            PlacementPanels.nodesOfJob(),
            PlacementPanels.powerOfNodes(),
            Panels.row("Other jobs of the site"),
            SitePanels.topJobs(24, 9, "price", "carbon")));
  }

  static Column perGpuHour() {
    return new Column(
        "kWh per GPU hour",
        "(%s / %s) / (%s / 3600000.0)"
            .formatted(
                SUMMARY.sum(JobAmount.TOTAL_MILLIJOULES),
                Queries.KILOWATT_HOUR,
                SUMMARY.sum(JobAmount.GPU_HELD_MILLIS)));
  }

  private static Column workPerJoule() {
    // all fragments of a job have the same work
    return new Column(
        "Work per joule",
        "max(%s) / (%s / 1000.0)"
            .formatted(SUMMARY.field("work"), SUMMARY.sum(JobAmount.TOTAL_MILLIJOULES)));
  }

  private static Panel life(String title, String unit, String description, Column column) {
    return Panels.stat(title, unit)
        .describedAs(description + " Jobs that started up to 90 days before the range are found.")
        .asks(Query.series(Queries.jobLife(column.text())));
  }

  private static Panel facts() {
    return Panels.table("What is known of it", "none", 24, 4)
        .describedAs(
            "From the scheduler, as far as it reported; one row for each fragment of the summary.")
        .asks(
            Query.table(
                Queries.jobLife(
                    SUMMARY.field("job"),
                    SUMMARY.field("name"),
                    SUMMARY.field("user"),
                    SUMMARY.field("project"),
                    SUMMARY.field("partition"),
                    SUMMARY.field("labels"),
                    SUMMARY.field("state"),
                    Select.as(SUMMARY.field("start_epoch_millis"), "start"),
                    Select.as(SUMMARY.field("end_epoch_millis"), "end"),
                    Select.as(SUMMARY.field("ended_by"), "ended by"),
                    SUMMARY.field("work"),
                    Select.as(SUMMARY.field("work_unit"), "unit of work"),
                    Select.as(SUMMARY.field("nodes"), "nodes"))))
        .transform("organize", Panels.without())
        .field("start", Panels.unit("dateTimeAsIso"))
        .field("end", Panels.timeOrNotYet());
  }

  private static Panel nodes() {
    return Panels.bars("Nodes, and how they were given back", "none", 9, 4)
        .describedAs(
            "Nodes on which it was given something, and how its end was known there. Which nodes"
                + " these are is in the table of its nodes.")
        .asks(
            Query.series(
                Queries.jobLife(
                    nodes("Held", JobAmount.NODES_HELD),
                    nodes("Given back by its hook", JobAmount.NODES_RELEASED),
                    nodes("End seen by the agent", JobAmount.NODES_ENDED_BY_AGENT),
                    nodes("Taken over by the next job", JobAmount.NODES_TAKEN_OVER),
                    nodes("No record for too long", JobAmount.NODES_EXPIRED))))
        .fromZero();
  }

  private static String nodes(String name, JobAmount amount) {
    return Select.as(SUMMARY.sum(amount), name);
  }

  private static Panel powerByKind() {
    return Panels.stacked("Power of the job by kind", Panels.WATTS, 16, 9)
        .describedAs(
            "Mean power, stacked. What node meters see beyond the devices is the rest of the nodes.")
        .asks(Query.series(Queries.jobTrend(Queries.jobWattsByKind())))
        .interval(Windows.NAME);
  }

  private static Panel energyByKind() {
    return Panels.donut("Energy of the job by kind", Panels.KILOWATT_HOURS, 8, 9)
        .describedAs(
            "Of the range. Kinds that a node's meter contains are shown beside it, not added.")
        .asks(
            Query.series(
                Queries.jobInRange(
                    List.of(
                        Queries.kilowattHours(WINDOWS, "GPU", JobAmount.GPU_MILLIJOULES),
                        Queries.kilowattHours(WINDOWS, "Memory", JobAmount.MEMORY_MILLIJOULES),
                        Queries.kilowattHours(WINDOWS, "Storage", JobAmount.STORAGE_MILLIJOULES),
                        Queries.kilowattHours(WINDOWS, "CPU", JobAmount.CPU_MILLIJOULES),
                        new Column(
                            "Rest of the nodes",
                            "(%s - %s - %s - %s - %s) / %s"
                                .formatted(
                                    WINDOWS.sum(JobAmount.TOTAL_MILLIJOULES),
                                    WINDOWS.sum(JobAmount.GPU_MILLIJOULES),
                                    WINDOWS.sum(JobAmount.MEMORY_MILLIJOULES),
                                    WINDOWS.sum(JobAmount.STORAGE_MILLIJOULES),
                                    WINDOWS.sum(JobAmount.CPU_MILLIJOULES),
                                    Queries.KILOWATT_HOUR))))));
  }

  private static Panel energySoFar() {
    Column energy = Queries.kilowattHours(WINDOWS, "energy", JobAmount.TOTAL_MILLIJOULES);
    Select perInterval =
        Queries.perInterval(WINDOWS, "$__interval", List.of(energy)).where(Queries.job(WINDOWS));
    Select soFar =
        Select.of(Select.as("cumulative_sum(" + energy.quoted() + ")", "Energy so far"))
            .from(perInterval)
            .where(Select.IN_RANGE);
    return Panels.lines("Energy of the job so far", Panels.KILOWATT_HOURS, 16, 8)
        .describedAs("Its energy since the start of the range.")
        .asks(Query.series(soFar))
        .interval(Windows.NAME);
  }

  private static Panel quality() {
    return Panels.donut("Quality of the job's energy", Panels.KILOWATT_HOURS, 8, 8)
        .describedAs("Of the range: measured, estimated over gaps, and modelled from use.")
        .asks(
            Query.series(
                Queries.jobInRange(
                    List.of(
                        Queries.kilowattHours(WINDOWS, "Measured", JobAmount.MEASURED_MILLIJOULES),
                        Queries.kilowattHours(
                            WINDOWS, "Estimated", JobAmount.ESTIMATED_MILLIJOULES),
                        Queries.kilowattHours(
                            WINDOWS, "Modelled", JobAmount.MODELLED_MILLIJOULES)))));
  }
}
