// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvme;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Identity and power states of an NVMe controller (NVM Express base specification 2.x; all numbers
 * little endian):
 *
 * <pre>
 *   Identify Controller   opcode 06h, CNS 01h, 4096 bytes
 *     4   serial number, 20 characters       24  model, 40 characters
 *     263 number of power states, less one   2048 power states, 32 bytes each:
 *        0 maximum power, in 0.01 W, or 0.0001 W with bit 0 of byte 3; bit 1: takes no I/O
 *       16 idle power,   scale in bits 7:6 of byte 18: 0 not given, 1 0.0001 W, 2 0.01 W
 *       20 active power, scale in bits 7:6 of byte 22, likewise
 *   Get Features          opcode 0Ah, feature 02h: power state in bits 4:0 of the result
 *   Get Log Page          opcode 02h, page 02h (SMART / health), 512 bytes
 *     5   percentage used of the endurance, at most 255
 * </pre>
 *
 * @param states at least one
 */
public record NvmeController(String model, String serial, List<PowerState> states) {
  private static final int IDENTIFY = 0x06;
  private static final int GET_FEATURES = 0x0A;
  private static final int GET_LOG_PAGE = 0x02;
  private static final int IDENTIFY_CONTROLLER = 0x01;
  private static final int POWER_MANAGEMENT = 0x02;
  private static final int SMART = 0x02;
  private static final int SMART_BYTES = 512;
  private static final int ALL_NAMESPACES = 0xFFFFFFFF;
  private static final int PERCENTAGE_USED_AT = 5;
  private static final int STATES_AT = 2048;
  private static final int STATE_BYTES = 32;
  private static final int MAX_STATES = 32;

  /** Reads its identity and its power states. */
  public static NvmeController identify(NvmeAdmin admin) throws IOException {
    byte[] bytes = new byte[4096];
    admin.read(IDENTIFY, 0, IDENTIFY_CONTROLLER, bytes);
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<PowerState> states = new ArrayList<>();
    int count = Math.min(MAX_STATES, (bytes[263] & 0xff) + 1);
    for (int i = 0; i < count; i++) {
      states.add(state(in, STATES_AT + i * STATE_BYTES));
    }
    return new NvmeController(text(bytes, 24, 40), text(bytes, 4, 20), List.copyOf(states));
  }

  private static String text(byte[] bytes, int at, int length) {
    return new String(bytes, at, length, US_ASCII).replace('\0', ' ').strip();
  }

  private static PowerState state(ByteBuffer in, int at) {
    int flags = in.get(at + 3);
    boolean fine = (flags & 1) != 0;
    return new PowerState(
        milliwatts(in.getShort(at) & 0xffff, fine ? 1 : 2),
        milliwatts(in.getShort(at + 16) & 0xffff, in.get(at + 18) >> 6 & 3),
        milliwatts(in.getShort(at + 20) & 0xffff, in.get(at + 22) >> 6 & 3),
        (flags & 2) == 0);
  }

  /** Scale 1 is 0.0001 W, scale 2 is 0.01 W; with others the value is not given. */
  private static long milliwatts(int value, int scale) {
    return switch (scale) {
      case 1 -> (value + 5) / 10;
      case 2 -> value * 10L;
      default -> 0;
    };
  }

  /** The power state that it is in now: one of {@link #states}. */
  public PowerState current(NvmeAdmin admin) throws IOException {
    int state = admin.read(GET_FEATURES, 0, POWER_MANAGEMENT, new byte[0]) & 0x1f;
    if (state >= states.size()) {
      throw new IOException(
          "power state %d of a drive that has %d".formatted(state, states.size()));
    }
    return states.get(state);
  }

  /** How much of its endurance is used, by the maker's estimate: %, 0 to 255; 100 is all of it. */
  public static int percentageUsed(NvmeAdmin admin) throws IOException {
    byte[] bytes = new byte[SMART_BYTES];
    // double words of the page, less one, above its number
    admin.read(GET_LOG_PAGE, ALL_NAMESPACES, SMART | (SMART_BYTES / 4 - 1) << 16, bytes);
    return bytes[PERCENTAGE_USED_AT] & 0xff;
  }
}
