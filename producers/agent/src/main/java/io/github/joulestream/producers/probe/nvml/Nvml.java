// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvml;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.joulestream.producers.probe.PciAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The functions of NVIDIA's Management Library that are used, with their C names and in the order
 * of nvml.h (NVML API Reference Guide, docs.nvidia.com/deploy/nvml-api). All signatures, layouts
 * and constants are in this file. A function that the installed driver does not have answers {@link
 * #FUNCTION_NOT_FOUND}.
 *
 * <p>Calls may block in the driver, so they are ordinary, not critical ones.
 */
@SuppressWarnings({"restricted", "MemberName"}) // native calls, C names
final class Nvml implements AutoCloseable {
  // nvmlReturn_t
  static final int SUCCESS = 0;
  static final int UNINITIALIZED = 1;
  static final int INVALID_ARGUMENT = 2;
  static final int NOT_SUPPORTED = 3;
  static final int NO_PERMISSION = 4;
  static final int NOT_FOUND = 6;
  static final int INSUFFICIENT_SIZE = 7;
  static final int DRIVER_NOT_LOADED = 9;
  static final int FUNCTION_NOT_FOUND = 13;
  static final int GPU_IS_LOST = 15;
  static final int RESET_REQUIRED = 16;
  static final int DEPRECATED = 26;

  // sizes of texts, with their final zero
  static final int UUID_SIZE = 96; // NVML_DEVICE_UUID_V2_BUFFER_SIZE
  static final int NAME_SIZE = 96; // NVML_DEVICE_NAME_V2_BUFFER_SIZE
  static final int VERSION_SIZE = 80; // NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE

  // nvmlClockType_t, nvmlTemperatureSensors_t
  static final int CLOCK_SM = 1;
  static final int CLOCK_MEM = 2;
  static final int TEMPERATURE_GPU = 0;

  static final int MIG_ENABLED = 1; // NVML_DEVICE_MIG_ENABLE

  // NVML_FI_DEV_*
  static final int FIELD_ECC_CORRECTED = 3; // ECC_SBE_VOL_TOTAL: since the driver was loaded
  static final int FIELD_ECC_UNCORRECTED = 4; // ECC_DBE_VOL_TOTAL
  static final int FIELD_MEMORY_TEMPERATURE = 82;
  static final int FIELD_NVLINK_SENT = 138; // NVLINK_THROUGHPUT_DATA_TX: KiB
  static final int FIELD_NVLINK_RECEIVED = 139; // NVLINK_THROUGHPUT_DATA_RX: KiB
  static final int FIELD_POWER_AVERAGE = 185;
  static final int FIELD_POWER_INSTANT = 186;
  static final int FIELD_PCIE_SENT = 197; // PCIE_COUNT_TX_BYTES: "can be wrapped"
  static final int FIELD_PCIE_RECEIVED = 198; // PCIE_COUNT_RX_BYTES

  // NVML_POWER_SCOPE_*
  static final int SCOPE_GPU = 0;
  static final int SCOPE_MODULE = 1;
  static final int SCOPE_MEMORY = 2;

  /** UINT_MAX, as the link of a field of NVLink: the sum over all links. */
  static final int SCOPE_ALL_LINKS = -1;

  // nvmlClocksEventReasons
  static final long REASON_POWER_CAP = 0x4; // SwPowerCap
  static final long REASON_HARDWARE = 0x8; // HwSlowdown
  static final long REASON_HARDWARE_THERMAL = 0x40; // HwThermalSlowdown
  static final long REASON_POWER_BRAKE = 0x80; // HwPowerBrakeSlowdown
  static final long REASONS_THERMAL = 0x20 | REASON_HARDWARE_THERMAL; // SwThermalSlowdown
  static final long REASONS_SET = 0x2 | 0x10 | 0x100; // ApplicationsClocks, SyncBoost, DisplayClock

  static final long EVENT_XID_CRITICAL_ERROR = 8; // nvmlEventTypeXidCriticalError

  // nvmlValueType_t
  private static final int TYPE_DOUBLE = 0;
  private static final int TYPE_UNSIGNED_INT = 1;
  private static final int TYPE_SIGNED_INT = 5;
  private static final int TYPE_UNSIGNED_SHORT = 6;

  /** In place of a process's memory that the driver does not know: NVML_VALUE_NOT_AVAILABLE. */
  private static final long VALUE_NOT_AVAILABLE = -1;

  /** nvmlMemory_t: bytes. */
  static final StructLayout MEMORY =
      MemoryLayout.structLayout(
          JAVA_LONG.withName("total"), JAVA_LONG.withName("free"), JAVA_LONG.withName("used"));

  /** nvmlUtilization_t: percent. */
  static final StructLayout UTILIZATION =
      MemoryLayout.structLayout(JAVA_INT.withName("gpu"), JAVA_INT.withName("memory"));

  /** nvmlProcessInfo_t as of version 2 of the struct, which the _v3 functions take. */
  static final StructLayout PROCESS =
      MemoryLayout.structLayout(
          JAVA_INT.withName("pid"),
          MemoryLayout.paddingLayout(4),
          JAVA_LONG.withName("usedGpuMemory"),
          JAVA_INT.withName("gpuInstanceId"),
          JAVA_INT.withName("computeInstanceId"));

  /** nvmlFieldValue_t; the value is a union of eight bytes. */
  static final StructLayout FIELD =
      MemoryLayout.structLayout(
          JAVA_INT.withName("fieldId"),
          JAVA_INT.withName("scopeId"),
          JAVA_LONG.withName("timestamp"),
          JAVA_LONG.withName("latencyUsec"),
          JAVA_INT.withName("valueType"),
          JAVA_INT.withName("nvmlReturn"),
          JAVA_LONG.withName("value"));

  /** nvmlEventData_t, of nvmlEventSetWait_v2; before it the last two were not there. */
  static final StructLayout EVENT =
      MemoryLayout.structLayout(
          ADDRESS.withName("device"),
          JAVA_LONG.withName("eventType"),
          JAVA_LONG.withName("eventData"),
          JAVA_INT.withName("gpuInstanceId"),
          JAVA_INT.withName("computeInstanceId"));

  /** nvmlPciInfo_t. */
  static final StructLayout PCI =
      MemoryLayout.structLayout(
          MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("busIdLegacy"),
          JAVA_INT.withName("domain"),
          JAVA_INT.withName("bus"),
          JAVA_INT.withName("device"),
          JAVA_INT.withName("pciDeviceId"),
          JAVA_INT.withName("pciSubSystemId"),
          MemoryLayout.sequenceLayout(32, JAVA_BYTE).withName("busId"));

  private static final long MEMORY_TOTAL = offset(MEMORY, "total");
  private static final long MEMORY_USED = offset(MEMORY, "used");
  private static final long UTILIZATION_GPU = offset(UTILIZATION, "gpu");
  private static final long UTILIZATION_MEMORY = offset(UTILIZATION, "memory");
  private static final long PROCESS_PID = offset(PROCESS, "pid");
  private static final long PROCESS_USED = offset(PROCESS, "usedGpuMemory");
  private static final long PROCESS_GPU_INSTANCE = offset(PROCESS, "gpuInstanceId");
  private static final long PROCESS_COMPUTE_INSTANCE = offset(PROCESS, "computeInstanceId");
  private static final long FIELD_ID = offset(FIELD, "fieldId");
  private static final long FIELD_SCOPE = offset(FIELD, "scopeId");
  private static final long FIELD_TYPE = offset(FIELD, "valueType");
  private static final long FIELD_ANSWER = offset(FIELD, "nvmlReturn");
  private static final long FIELD_VALUE = offset(FIELD, "value");
  private static final long EVENT_DEVICE = offset(EVENT, "device");
  private static final long EVENT_TYPE = offset(EVENT, "eventType");
  private static final long EVENT_DATA = offset(EVENT, "eventData");
  private static final long PCI_DOMAIN = offset(PCI, "domain");
  private static final long PCI_BUS = offset(PCI, "bus");
  private static final long PCI_DEVICE = offset(PCI, "device");

  private static long offset(StructLayout layout, String member) {
    return layout.byteOffset(PathElement.groupElement(member));
  }

  private final SymbolLookup library;
  private final Linker linker = Linker.nativeLinker();
  private final @Nullable MethodHandle errorString;

  final MethodHandle nvmlInit_v2;
  final MethodHandle nvmlShutdown;
  final MethodHandle nvmlSystemGetDriverVersion;
  final MethodHandle nvmlDeviceGetCount_v2;
  final MethodHandle nvmlDeviceGetHandleByIndex_v2;
  final MethodHandle nvmlDeviceGetHandleByUUID;
  final MethodHandle nvmlDeviceGetName;
  final MethodHandle nvmlDeviceGetUUID;
  final MethodHandle nvmlDeviceGetMinorNumber;
  final MethodHandle nvmlDeviceGetPciInfo_v3;
  final MethodHandle nvmlDeviceGetClockInfo;
  final MethodHandle nvmlDeviceGetTemperature;
  final MethodHandle nvmlDeviceGetFanSpeed;
  final MethodHandle nvmlDeviceGetCurrentClocksEventReasons;
  final MethodHandle nvmlDeviceGetPowerManagementLimit;
  final MethodHandle nvmlDeviceGetPowerManagementLimitConstraints;
  final MethodHandle nvmlDeviceGetPowerManagementDefaultLimit;
  final MethodHandle nvmlDeviceGetPowerUsage;
  final MethodHandle nvmlDeviceGetTotalEnergyConsumption;
  final MethodHandle nvmlDeviceGetEnforcedPowerLimit;
  final MethodHandle nvmlDeviceGetMemoryInfo;
  final MethodHandle nvmlDeviceGetUtilizationRates;
  final MethodHandle nvmlDeviceGetComputeRunningProcesses_v3;
  final MethodHandle nvmlDeviceGetFieldValues;
  final MethodHandle nvmlEventSetCreate;
  final MethodHandle nvmlDeviceRegisterEvents;
  final MethodHandle nvmlEventSetWait_v2;
  final MethodHandle nvmlEventSetFree;
  final MethodHandle nvmlDeviceGetMigMode;
  final MethodHandle nvmlDeviceGetMaxMigDeviceCount;
  final MethodHandle nvmlDeviceGetGpuInstanceId;
  final MethodHandle nvmlDeviceGetComputeInstanceId;
  final MethodHandle nvmlDeviceGetMigDeviceHandleByIndex;

  /**
   * Loads the library; it is unloaded when the arena is closed.
   *
   * @throws IllegalArgumentException if it is not there
   * @throws IllegalCallerException if this JVM may not call native code
   */
  Nvml(String name, Arena arena) {
    library = SymbolLookup.libraryLookup(name, arena);
    errorString =
        library
            .find("nvmlErrorString")
            .map(
                address -> linker.downcallHandle(address, FunctionDescriptor.of(ADDRESS, JAVA_INT)))
            .orElse(null);
    nvmlInit_v2 = function("nvmlInit_v2");
    nvmlShutdown = function("nvmlShutdown");
    // text, length
    nvmlSystemGetDriverVersion = function("nvmlSystemGetDriverVersion", ADDRESS, JAVA_INT);
    nvmlDeviceGetCount_v2 = function("nvmlDeviceGetCount_v2", ADDRESS);
    nvmlDeviceGetHandleByIndex_v2 = function("nvmlDeviceGetHandleByIndex_v2", JAVA_INT, ADDRESS);
    nvmlDeviceGetHandleByUUID = function("nvmlDeviceGetHandleByUUID", ADDRESS, ADDRESS);
    // device, text, length
    nvmlDeviceGetName = function("nvmlDeviceGetName", ADDRESS, ADDRESS, JAVA_INT);
    nvmlDeviceGetUUID = function("nvmlDeviceGetUUID", ADDRESS, ADDRESS, JAVA_INT);
    // device, number of its file
    nvmlDeviceGetMinorNumber = function("nvmlDeviceGetMinorNumber", ADDRESS, ADDRESS);
    // device, where it is on the bus
    nvmlDeviceGetPciInfo_v3 = function("nvmlDeviceGetPciInfo_v3", ADDRESS, ADDRESS);
    // device, which, MHz or °C
    nvmlDeviceGetClockInfo = function("nvmlDeviceGetClockInfo", ADDRESS, JAVA_INT, ADDRESS);
    nvmlDeviceGetTemperature = function("nvmlDeviceGetTemperature", ADDRESS, JAVA_INT, ADDRESS);
    // device, % of the full speed
    nvmlDeviceGetFanSpeed = function("nvmlDeviceGetFanSpeed", ADDRESS, ADDRESS);
    // device, bits; until driver 535 under its former name
    nvmlDeviceGetCurrentClocksEventReasons =
        function(
            named(
                "nvmlDeviceGetCurrentClocksEventReasons",
                "nvmlDeviceGetCurrentClocksThrottleReasons"),
            ADDRESS,
            ADDRESS);
    // device, mW
    nvmlDeviceGetPowerManagementLimit =
        function("nvmlDeviceGetPowerManagementLimit", ADDRESS, ADDRESS);
    // device, least mW, most mW
    nvmlDeviceGetPowerManagementLimitConstraints =
        function("nvmlDeviceGetPowerManagementLimitConstraints", ADDRESS, ADDRESS, ADDRESS);
    nvmlDeviceGetPowerManagementDefaultLimit =
        function("nvmlDeviceGetPowerManagementDefaultLimit", ADDRESS, ADDRESS);
    nvmlDeviceGetPowerUsage = function("nvmlDeviceGetPowerUsage", ADDRESS, ADDRESS);
    // device, mJ since the driver was loaded (64 bits)
    nvmlDeviceGetTotalEnergyConsumption =
        function("nvmlDeviceGetTotalEnergyConsumption", ADDRESS, ADDRESS);
    nvmlDeviceGetEnforcedPowerLimit = function("nvmlDeviceGetEnforcedPowerLimit", ADDRESS, ADDRESS);
    nvmlDeviceGetMemoryInfo = function("nvmlDeviceGetMemoryInfo", ADDRESS, ADDRESS);
    nvmlDeviceGetUtilizationRates = function("nvmlDeviceGetUtilizationRates", ADDRESS, ADDRESS);
    // device, room for and then number of, processes
    nvmlDeviceGetComputeRunningProcesses_v3 =
        function("nvmlDeviceGetComputeRunningProcesses_v3", ADDRESS, ADDRESS, ADDRESS);
    // device, number of, fields
    nvmlDeviceGetFieldValues = function("nvmlDeviceGetFieldValues", ADDRESS, JAVA_INT, ADDRESS);
    // set
    nvmlEventSetCreate = function("nvmlEventSetCreate", ADDRESS);
    // device, types, set
    nvmlDeviceRegisterEvents = function("nvmlDeviceRegisterEvents", ADDRESS, JAVA_LONG, ADDRESS);
    // set, event, ms to wait
    nvmlEventSetWait_v2 =
        function(named("nvmlEventSetWait_v2", "nvmlEventSetWait"), ADDRESS, ADDRESS, JAVA_INT);
    nvmlEventSetFree = function("nvmlEventSetFree", ADDRESS);
    // device, now, after the next reset
    nvmlDeviceGetMigMode = function("nvmlDeviceGetMigMode", ADDRESS, ADDRESS, ADDRESS);
    nvmlDeviceGetMaxMigDeviceCount = function("nvmlDeviceGetMaxMigDeviceCount", ADDRESS, ADDRESS);
    // instance, its id
    nvmlDeviceGetGpuInstanceId = function("nvmlDeviceGetGpuInstanceId", ADDRESS, ADDRESS);
    nvmlDeviceGetComputeInstanceId = function("nvmlDeviceGetComputeInstanceId", ADDRESS, ADDRESS);
    // device, place, instance
    nvmlDeviceGetMigDeviceHandleByIndex =
        function("nvmlDeviceGetMigDeviceHandleByIndex", ADDRESS, JAVA_INT, ADDRESS);
  }

  /** The name of a function in this driver: its former one if it does not have the new one. */
  private String named(String name, String former) {
    return library.find(name).isPresent() ? name : former;
  }

  private MethodHandle function(String name, ValueLayout... parameters) {
    FunctionDescriptor descriptor = FunctionDescriptor.of(JAVA_INT, parameters);
    return library
        .find(name)
        .map(address -> linker.downcallHandle(address, descriptor))
        .orElseGet(() ->
            MethodHandles.dropArguments(
                MethodHandles.constant(int.class, FUNCTION_NOT_FOUND),
                0,
                Arrays.stream(parameters).<Class<?>>map(ValueLayout::carrier).toList()));
  }

  // A function's answer; what it throws besides is a mistake in this file.

  static int call(MethodHandle function) {
    try {
      return (int) function.invokeExact();
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int call(MethodHandle function, MemorySegment a) {
    try {
      return (int) function.invokeExact(a);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int call(MethodHandle function, int a, MemorySegment b) {
    try {
      return (int) function.invokeExact(a, b);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int call(MethodHandle function, MemorySegment a, int b) {
    try {
      return (int) function.invokeExact(a, b);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int call(MethodHandle function, MemorySegment a, MemorySegment b) {
    try {
      return (int) function.invokeExact(a, b);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int call(MethodHandle function, MemorySegment a, MemorySegment b, MemorySegment c) {
    try {
      return (int) function.invokeExact(a, b, c);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int call(MethodHandle function, MemorySegment a, int b, MemorySegment c) {
    try {
      return (int) function.invokeExact(a, b, c);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int call(MethodHandle function, MemorySegment a, long b, MemorySegment c) {
    try {
      return (int) function.invokeExact(a, b, c);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int call(MethodHandle function, MemorySegment a, MemorySegment b, int c) {
    try {
      return (int) function.invokeExact(a, b, c);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private static IllegalStateException broken(Throwable cause) {
    return new IllegalStateException("a call into NVML failed: " + cause, cause);
  }

  /** Requests a field in row {@code row} of an array of {@link #FIELD}. */
  static void want(MemorySegment fields, int row, int field, int scope) {
    MemorySegment entry = fields.asSlice(row * FIELD.byteSize(), FIELD.byteSize());
    entry.fill((byte) 0);
    entry.set(JAVA_INT, FIELD_ID, field);
    entry.set(JAVA_INT, FIELD_SCOPE, scope);
  }

  /** The answer for the field of a row. */
  static int fieldAnswer(MemorySegment fields, int row) {
    return fields.get(JAVA_INT, row * FIELD.byteSize() + FIELD_ANSWER);
  }

  /** The value of the field of a row, whatever its type; a double is rounded. */
  static long fieldValue(MemorySegment fields, int row) {
    long start = row * FIELD.byteSize();
    long value = start + FIELD_VALUE;
    return switch (fields.get(JAVA_INT, start + FIELD_TYPE)) {
      case TYPE_DOUBLE -> Math.round(fields.get(ValueLayout.JAVA_DOUBLE, value));
      case TYPE_UNSIGNED_INT -> Integer.toUnsignedLong(fields.get(JAVA_INT, value));
      case TYPE_SIGNED_INT -> fields.get(JAVA_INT, value);
      case TYPE_UNSIGNED_SHORT -> Short.toUnsignedLong(fields.get(ValueLayout.JAVA_SHORT, value));
      default -> fields.get(JAVA_LONG, value); // the three types of 64 bits
    };
  }

  /** Bytes of memory that a device has, by a {@link #MEMORY}. */
  static long totalBytes(MemorySegment memory) {
    return memory.get(JAVA_LONG, MEMORY_TOTAL);
  }

  /** Bytes of memory in use, by a {@link #MEMORY}. */
  static long usedBytes(MemorySegment memory) {
    return memory.get(JAVA_LONG, MEMORY_USED);
  }

  /** Share of the time in which a kernel ran, in percent, by a {@link #UTILIZATION}. */
  static int busyPercent(MemorySegment utilization) {
    return utilization.get(JAVA_INT, UTILIZATION_GPU);
  }

  /** Share of the time in which memory was read or written, in percent. */
  static long memoryBusyPercent(MemorySegment utilization) {
    return Integer.toUnsignedLong(utilization.get(JAVA_INT, UTILIZATION_MEMORY));
  }

  /** The process in a row of an array of {@link #PROCESS}. */
  static GpuProcess process(MemorySegment processes, int row, String gpu) {
    long start = row * PROCESS.byteSize();
    long used = processes.get(JAVA_LONG, start + PROCESS_USED);
    return new GpuProcess(
        gpu,
        Integer.toUnsignedLong(processes.get(JAVA_INT, start + PROCESS_PID)),
        used == VALUE_NOT_AVAILABLE ? MISSING : used,
        processes.get(JAVA_INT, start + PROCESS_GPU_INSTANCE),
        processes.get(JAVA_INT, start + PROCESS_COMPUTE_INSTANCE));
  }

  /** The handle of the device of an {@link #EVENT}. */
  static MemorySegment eventDevice(MemorySegment event) {
    return event.get(ADDRESS, EVENT_DEVICE);
  }

  /** What occurred: a bit. */
  static long eventType(MemorySegment event) {
    return event.get(JAVA_LONG, EVENT_TYPE);
  }

  /** The code of an XID error; 999 if the driver does not know it. */
  static long eventData(MemorySegment event) {
    return event.get(JAVA_LONG, EVENT_DATA);
  }

  /** Where a device is, by an answer of nvmlDeviceGetPciInfo_v3: a GPU is function 0. */
  static PciAddress address(MemorySegment pci) {
    return new PciAddress(
        pci.get(JAVA_INT, PCI_DOMAIN),
        pci.get(JAVA_INT, PCI_BUS),
        pci.get(JAVA_INT, PCI_DEVICE),
        0);
  }

  /** NVML's description of an answer, with its number. */
  String words(int answer) {
    if (answer == FUNCTION_NOT_FOUND || errorString == null) {
      return answer == FUNCTION_NOT_FOUND ? "this driver has no such function" : "error " + answer;
    }
    try {
      MemorySegment text = (MemorySegment) errorString.invokeExact(answer);
      return text.equals(MemorySegment.NULL)
          ? "error " + answer
          : "%s (%d)".formatted(text.reinterpret(Integer.MAX_VALUE).getString(0), answer);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  @Override
  public void close() {
    call(nvmlShutdown);
  }
}
