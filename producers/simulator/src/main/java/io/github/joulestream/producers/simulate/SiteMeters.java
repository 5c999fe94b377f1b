// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.StatusColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The meters of a site: what it consumes, the outputs of its UPSs and PDUs, its solar generation,
 * what it exports, and its water. Mutable; one thread.
 */
final class SiteMeters {
  static final String FACILITY = "facility";

  // for each node: on some clear days more than the site consumes while its nodes are idle
  static final double SOLAR_MILLIWATTS_PER_NODE = 2_500_000;
  // evaporated for each kWh that the site consumes, in the coolest hour and more later
  private static final double WATER_LEAST_MILLILITRES = 200;
  private static final double WATER_SWING_MILLILITRES = 1_000;
  private static final double MICROJOULES_PER_KILOWATT_HOUR = 3.6e12;

  private final Day day;
  private final Facility facility;
  private final long[] nodesMilliwatts = new long[Facility.PDUS];
  private final int[] nodes = new int[Facility.PDUS];
  private final double solarMilliwatts;
  private final Meter facilityMeter;
  private final List<Meter> upsMeters = new ArrayList<>();
  private final List<Meter> pduMeters = new ArrayList<>();
  private final Meter generationMeter;
  private final Meter exportMeter;
  private final List<Meter> all = new ArrayList<>();
  private double waterMillilitres;

  /**
   * @param startEpochMillis when the counters begin
   */
  SiteMeters(SimulationOptions options, long startEpochMillis) {
    this.day = new Day(options.seed());
    this.facility = new Facility(day);
    this.solarMilliwatts = options.nodes() * SOLAR_MILLIWATTS_PER_NODE;
    for (int i = 0; i < options.nodes(); i++) {
      nodes[pduOf(i)]++;
    }
    facilityMeter = meter(FACILITY, DeviceKind.FACILITY, startEpochMillis, options);
    for (int i = 1; i <= Facility.UPSS; i++) {
      upsMeters.add(meter("ups-" + i, DeviceKind.UPS, startEpochMillis, options));
    }
    for (int i = 1; i <= Facility.PDUS; i++) {
      pduMeters.add(meter("pdu-" + i, DeviceKind.PDU, startEpochMillis, options));
    }
    generationMeter = meter("solar", DeviceKind.GENERATION, startEpochMillis, options);
    exportMeter = meter("export", DeviceKind.EXPORT, startEpochMillis, options);
  }

  private Meter meter(
      String id, DeviceKind kind, long startEpochMillis, SimulationOptions options) {
    Meter meter =
        new Meter(
            Device.sensor(id, kind)
                .withSource(PowerSource.COUNTER)
                .withCounter(startEpochMillis, 0),
            options.rowsPerBatch());
    all.add(meter);
    return meter;
  }

  private static int pduOf(int node) {
    return node % Facility.PDUS;
  }

  /** Power of a node in the step to come, mW. */
  void consume(int node, long milliwatts) {
    nodesMilliwatts[pduOf(node)] += milliwatts;
  }

  /** Counts a step of all nodes. */
  void step(long epochMillis, int stepMillis) {
    day.moveTo(epochMillis);
    facility.supply(nodesMilliwatts, nodes);
    Arrays.fill(nodesMilliwatts, 0);
    long consumed = facility.milliwatts();
    facilityMeter.count(consumed, stepMillis);
    for (int i = 0; i < Facility.UPSS; i++) {
      upsMeters.get(i).count(facility.upsMilliwatts(i), stepMillis);
    }
    for (int i = 0; i < Facility.PDUS; i++) {
      pduMeters.get(i).count(facility.pduMilliwatts(i), stepMillis);
    }
    long generated = (long) (solarMilliwatts * day.sunshine());
    generationMeter.count(generated, stepMillis);
    exportMeter.count(Math.max(0, generated - consumed), stepMillis);
    double perKilowattHour = WATER_LEAST_MILLILITRES + WATER_SWING_MILLILITRES * day.warmth();
    waterMillilitres += consumed * stepMillis * perKilowattHour / MICROJOULES_PER_KILOWATT_HOUR;
  }

  void read(long epochMillis) {
    for (Meter meter : all) {
      meter.read(epochMillis);
    }
  }

  /** Adds what was read and not taken yet. */
  void take(List<DeviceSeries> series) {
    for (Meter meter : all) {
      DeviceSeries read = meter.take();
      if (read != null) {
        series.add(read);
      }
    }
  }

  /** The water since the status before; what is less than a millilitre is left for the next. */
  DeviceStatus status(long epochMillis) {
    long whole = (long) waterMillilitres;
    waterMillilitres -= whole;
    return new DeviceStatus(FACILITY, epochMillis, Map.of(StatusColumn.WATER_MILLILITRES, whole));
  }

  /** What the site has consumed, µJ. */
  long microjoules() {
    return facilityMeter.microjoules();
  }
}
