// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.Readings.MISSING;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.energy.Bounds;
import io.github.joulestream.producers.input.Decimals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The power of a chassis by a resource of a controller. Understood are EnvironmentMetrics ({@code
 * PowerWatts.Reading}), Power ({@code PowerControl[].PowerConsumedWatts}), Sensor ({@code Reading}
 * in W) and the PowerMetrics of iLO 4 ({@code PowerConsumedWatts}).
 *
 * @param watts NaN if it is not given
 * @param microjoules its counter; MISSING if it has none
 * @param kilowattHours NaN if it is not given
 * @param source another resource that has the power, or empty
 * @param trouble why there are no watts, in words; empty if there are
 */
record RedfishReading(
    double watts, long microjoules, double kilowattHours, String source, String trouble) {
  private static final Pattern PART_CONTEXT =
      Pattern.compile(
          "(CPU|Memory|GPU|Accelerator|ASIC|FPGA|Fan|Pump|Storage|Network|Backplane|Battery"
              + "|VoltageRegulator|PowerSupply|Transceiver|ComputeBay|ExpansionBay).*");
  private static final Pattern PART_NAME =
      Pattern.compile(
          "\\b(cpus?|processors?|memory|dimms?|dram|gpus?|accelerators?|fans?|disks?|drives?"
              + "|storage|pcie?|nics?|network|backplane)\\b");
  private static final Pattern WHOLE_NAME =
      Pattern.compile("\\b(system|server|chassis|node|total)\\b");
  private static final Set<String> SILENT_STATES =
      Set.of("Disabled", "Absent", "UnavailableOffline");

  static RedfishReading of(JsonNode resource) {
    JsonNode joules = resource.path("EnergyJoules");
    double counted = isSilent(joules) ? Double.NaN : number(joules.path("Reading"));
    // a node that runs has taken more than none
    boolean counts = counted > 0 && counted < Long.MAX_VALUE / 1e6;
    long microjoules = counts ? Math.round(counted * 1e6) : MISSING;
    double kilowattHours = number(resource.path("EnergykWh").path("Reading"));
    JsonNode entry = resource;
    String field = "PowerConsumedWatts";
    String source = "";
    if (resource.has("PowerWatts")) {
      entry = resource.path("PowerWatts");
      field = "Reading";
      source = entry.path("DataSourceUri").asText("");
    } else if (resource.has("PowerControl")) {
      entry = wholeOf(resource.path("PowerControl"));
      if (entry.isMissingNode()) {
        String trouble = "its PowerControl holds components only";
        return new RedfishReading(Double.NaN, microjoules, kilowattHours, "", trouble);
      }
    } else if (isPower(resource)) {
      field = "Reading";
    }
    double watts = watts(entry, field);
    String trouble = Double.isNaN(watts) ? trouble(entry, field) : "";
    return new RedfishReading(
        watts, ErrorValue.is(microjoules) ? MISSING : microjoules, kilowattHours, source, trouble);
  }

  private static boolean isPower(JsonNode sensor) {
    return sensor.path("ReadingType").asText("").equals("Power")
        && sensor.path("ReadingUnits").asText("W").equals("W");
  }

  /** The entry of the chassis, of the first that gives a reading among those of the best name. */
  private static JsonNode wholeOf(JsonNode controls) {
    List<JsonNode> named = new ArrayList<>();
    List<JsonNode> others = new ArrayList<>();
    for (JsonNode control : controls) {
      String name = control.path("Name").asText("").toLowerCase(Locale.ROOT);
      if (PART_CONTEXT.matcher(control.path("PhysicalContext").asText("")).matches()
          || PART_NAME.matcher(name).find()) {
        continue;
      }
      (WHOLE_NAME.matcher(name).find() ? named : others).add(control);
    }
    List<JsonNode> best = named.isEmpty() ? others : named;
    for (JsonNode control : best) {
      if (!Double.isNaN(watts(control, "PowerConsumedWatts"))) {
        return control;
      }
    }
    return best.isEmpty() ? controls.path(-1) : best.getFirst();
  }

  private static double watts(JsonNode entry, String field) {
    double watts = isSilent(entry) ? Double.NaN : number(entry.path(field));
    return ErrorValue.isOfNode(watts) ? Double.NaN : watts;
  }

  private static String trouble(JsonNode entry, String field) {
    if (isSilent(entry)) {
      return "its power is " + entry.path("Status").path("State").asText();
    }
    JsonNode value = entry.path(field);
    return value.isMissingNode()
        ? "holds no power"
        : "reports %s W, which is no reading of a node that runs"
            .formatted(Bounds.cutText(value.asText("null")));
  }

  private static boolean isSilent(JsonNode entry) {
    return SILENT_STATES.contains(entry.path("Status").path("State").asText(""));
  }

  /** A number, also where it is written as a text; else NaN. */
  private static double number(JsonNode value) {
    if (value.isTextual()) {
      try {
        return Decimals.approximate(value.textValue().strip());
      } catch (NumberFormatException _) {
        return Double.NaN;
      }
    }
    return value.isNumber() ? value.doubleValue() : Double.NaN;
  }
}
