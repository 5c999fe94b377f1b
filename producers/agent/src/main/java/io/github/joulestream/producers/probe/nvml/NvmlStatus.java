// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvml;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.ThrottleReason;
import io.github.joulestream.producers.probe.Increment;
import io.github.joulestream.producers.probe.StatusValues;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a GPU reports besides power, and its counters as they were at the status before. It outlives
 * the handle of the GPU: counters that begin anew with the driver count from 0. Mutable; one
 * thread.
 *
 * <p>No call here blocks: {@code nvmlDeviceGetPcieThroughput}, which measures for 20 ms, is not
 * used. All fields of a GPU are read by one call.
 */
final class NvmlStatus {
  private static final long DECIDEGREES = 10;
  private static final long BASIS_POINTS = 100;
  private static final long KIBIBYTE = 1_024;
  private static final long BITS_32 = 1L << 32;

  /** A value of a GPU, by a function or (with an id) by a field. */
  private enum Value {
    TEMPERATURE("temperature", StatusColumn.TEMPERATURE_DECIDEGREES),
    SM_CLOCK("SM clock", StatusColumn.SM_CLOCK_MEGAHERTZ),
    MEMORY_CLOCK("memory clock", StatusColumn.MEMORY_CLOCK_MEGAHERTZ),
    POWER_LIMIT("power limit in force", StatusColumn.POWER_LIMIT_MILLIWATTS),
    THROTTLE("throttle reasons", StatusColumn.THROTTLE_REASONS),
    FAN("fan speed", StatusColumn.FAN_BASIS_POINTS),
    ECC_CORRECTED(
        "corrected memory errors", StatusColumn.ECC_CORRECTED_ERRORS, Nvml.FIELD_ECC_CORRECTED, 0),
    ECC_UNCORRECTED(
        "uncorrected memory errors",
        StatusColumn.ECC_UNCORRECTED_ERRORS,
        Nvml.FIELD_ECC_UNCORRECTED,
        0),
    MEMORY_TEMPERATURE(
        "memory temperature",
        StatusColumn.MEMORY_TEMPERATURE_DECIDEGREES,
        Nvml.FIELD_MEMORY_TEMPERATURE,
        0),
    NVLINK_SENT(
        "bytes sent over NVLink",
        StatusColumn.NVLINK_SENT_BYTES,
        Nvml.FIELD_NVLINK_SENT,
        Nvml.SCOPE_ALL_LINKS),
    NVLINK_RECEIVED(
        "bytes received over NVLink",
        StatusColumn.NVLINK_RECEIVED_BYTES,
        Nvml.FIELD_NVLINK_RECEIVED,
        Nvml.SCOPE_ALL_LINKS),
    PCIE_SENT("bytes sent over PCIe", StatusColumn.PCIE_SENT_BYTES, Nvml.FIELD_PCIE_SENT, 0),
    PCIE_RECEIVED(
        "bytes received over PCIe", StatusColumn.PCIE_RECEIVED_BYTES, Nvml.FIELD_PCIE_RECEIVED, 0);

    private static final List<Value> FIELDS =
        Stream.of(values()).filter(value -> value.field != 0).toList();

    final String words;
    final StatusColumn column;
    final int field;
    final int scope;

    Value(String words, StatusColumn column) {
      this(words, column, 0, 0);
    }

    Value(String words, StatusColumn column, int field, int scope) {
      this.words = words;
      this.column = column;
      this.field = field;
      this.scope = scope;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  private final NvmlSupport<Value> support;
  private final Map<Value, Increment> counters = new EnumMap<>(Value.class);
  private final Value[] asked = new Value[Value.FIELDS.size()];
  private long xidErrors;
  private long lastXid;

  NvmlStatus(String uuid) {
    support = new NvmlSupport<>(uuid, Value.class);
    for (Value value : Value.FIELDS) {
      if (value != Value.MEMORY_TEMPERATURE) {
        counters.put(value, new Increment());
      }
    }
  }

  /** Takes note of an XID error that occurred. */
  void onXid(long code) {
    xidErrors++;
    lastXid = code;
  }

  /** What the GPU does not give, for people. */
  Stream<String> notGiven() {
    return support.notGiven();
  }

  /**
   * Adds the status of now.
   *
   * @param gpu null if it does not answer: its XID errors are known all the same
   * @param countsXids true if its XID errors are delivered
   * @throws NvmlGpu.Lost if it does not answer any more
   */
  void add(
      NvmlSession session,
      String uuid,
      @Nullable MemorySegment gpu,
      boolean countsXids,
      long epochMillis,
      List<DeviceStatus> statuses)
      throws NvmlGpu.Lost {
    StatusValues values = new StatusValues();
    NvmlGpu.Lost lost = null;
    if (gpu != null) {
      try {
        addFunctions(session, gpu, values);
        addFields(session, gpu, values);
      } catch (NvmlGpu.Lost e) {
        lost = e; // what was read before is valid, and counted once only
      }
    }
    if (xidErrors > 0) {
      values.put(StatusColumn.XID_ERRORS, xidErrors).put(StatusColumn.LAST_XID, lastXid);
    } else if (gpu != null && lost == null && countsXids) {
      values.put(StatusColumn.XID_ERRORS, 0);
    }
    xidErrors = 0;
    values.addTo(statuses, uuid, epochMillis);
    if (lost != null) {
      throw lost;
    }
  }

  private void addFunctions(NvmlSession session, MemorySegment gpu, StatusValues values)
      throws NvmlGpu.Lost {
    Nvml nvml = session.nvml;
    MemorySegment first = session.first;
    if (ask(session, Value.TEMPERATURE, nvml.nvmlDeviceGetTemperature, gpu, Nvml.TEMPERATURE_GPU)) {
      put(values, Value.TEMPERATURE, NvmlSession.number(first), DECIDEGREES);
    }
    if (ask(session, Value.SM_CLOCK, nvml.nvmlDeviceGetClockInfo, gpu, Nvml.CLOCK_SM)) {
      put(values, Value.SM_CLOCK, NvmlSession.number(first), 1);
    }
    if (ask(session, Value.MEMORY_CLOCK, nvml.nvmlDeviceGetClockInfo, gpu, Nvml.CLOCK_MEM)) {
      put(values, Value.MEMORY_CLOCK, NvmlSession.number(first), 1);
    }
    if (ask(session, Value.POWER_LIMIT, nvml.nvmlDeviceGetEnforcedPowerLimit, gpu)) {
      put(values, Value.POWER_LIMIT, NvmlSession.number(first), 1);
    }
    if (ask(session, Value.THROTTLE, nvml.nvmlDeviceGetCurrentClocksEventReasons, gpu)) {
      put(values, Value.THROTTLE, reasons(first.get(JAVA_LONG, 0)), 1);
    }
    if (ask(session, Value.FAN, nvml.nvmlDeviceGetFanSpeed, gpu)) {
      put(values, Value.FAN, NvmlSession.number(first), BASIS_POINTS);
    }
  }

  /** True if the function gave the value, in {@link NvmlSession#first}. */
  private boolean ask(NvmlSession session, Value value, MethodHandle function, MemorySegment gpu)
      throws NvmlGpu.Lost {
    return !support.isOff(value)
        && support.judge(session, value, Nvml.call(function, gpu, session.first));
  }

  private boolean ask(
      NvmlSession session, Value value, MethodHandle function, MemorySegment gpu, int which)
      throws NvmlGpu.Lost {
    return !support.isOff(value)
        && support.judge(session, value, Nvml.call(function, gpu, which, session.first));
  }

  private void addFields(NvmlSession session, MemorySegment gpu, StatusValues values)
      throws NvmlGpu.Lost {
    MemorySegment fields = session.fields;
    int rows = 0;
    for (Value value : Value.FIELDS) {
      if (!support.isOff(value)) {
        Nvml.want(fields, rows, value.field, value.scope);
        asked[rows++] = value;
      }
    }
    if (rows == 0) {
      return;
    }
    int whole = Nvml.call(session.nvml.nvmlDeviceGetFieldValues, gpu, rows, fields);
    for (int row = 0; row < rows; row++) {
      int answer = whole == Nvml.SUCCESS ? Nvml.fieldAnswer(fields, row) : whole;
      if (whole == Nvml.SUCCESS && answer == Nvml.INVALID_ARGUMENT) {
        answer = Nvml.NOT_SUPPORTED; // of a driver that does not know the field
      }
      if (support.judge(session, asked[row], answer)) {
        addField(fields, row, asked[row], values);
      }
    }
  }

  private void addField(MemorySegment fields, int row, Value value, StatusValues values) {
    long number = NvmlSession.usable(Nvml.fieldValue(fields, row));
    switch (value) {
      case MEMORY_TEMPERATURE ->
          // 0 of a GPU that has no such sensor: memory in use is warmer
          put(values, value, number == 0 ? MISSING : number, DECIDEGREES);
      case NVLINK_SENT, NVLINK_RECEIVED -> put(values, value, increment(value, number), KIBIBYTE);
      case PCIE_SENT, PCIE_RECEIVED -> {
        // such a counter has 32 bits on some GPUs (A100, L40S), and begins anew several times a
        // second under load: only one that was above them is known to be wider
        long wide = number < BITS_32 ? MISSING : number;
        put(values, value, increment(value, wide), 1);
      }
      default -> put(values, value, increment(value, number), 1);
    }
  }

  private long increment(Value value, long number) {
    Increment counter = counters.get(value);
    return counter == null ? MISSING : counter.upTo(number);
  }

  private static void put(StatusValues values, Value value, long number, long unit) {
    if (number != MISSING && number <= Long.MAX_VALUE / unit) {
      values.put(value.column, number * unit);
    }
  }

  /** Reasons for lower clocks, by nvmlClocksEventReasons; an idle GPU is not throttled. */
  private static long reasons(long bits) {
    long reasons = 0;
    if ((bits & Nvml.REASON_POWER_CAP) != 0) {
      reasons |= ThrottleReason.POWER_CAP.bit();
    }
    if ((bits & Nvml.REASONS_THERMAL) != 0) {
      reasons |= ThrottleReason.THERMAL.bit();
    }
    if ((bits & Nvml.REASON_POWER_BRAKE) != 0) {
      reasons |= ThrottleReason.POWER_BRAKE.bit();
    }
    // it is also set beside the two causes that NVML names
    if ((bits & Nvml.REASON_HARDWARE) != 0
        && (bits & (Nvml.REASON_HARDWARE_THERMAL | Nvml.REASON_POWER_BRAKE)) == 0) {
      reasons |= ThrottleReason.HARDWARE.bit();
    }
    if ((bits & Nvml.REASONS_SET) != 0) {
      reasons |= ThrottleReason.OTHER.bit();
    }
    return reasons;
  }
}
