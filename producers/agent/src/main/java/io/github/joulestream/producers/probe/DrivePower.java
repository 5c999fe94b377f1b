// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import java.util.regex.Pattern;

/**
 * Power of a drive that reports none, by its kind. Electronics, or a spindle, are most of it,
 * whatever its size.
 *
 * <ul>
 *   <li>NVMe of data centres: 4 to 5 W idle (Intel DC P3600: 4 W, up to 25 W active; Micron 9200:
 *       under 8 W idle, 25 W).
 *   <li>SATA and SAS, solid state: Solidigm D3-S4520: up to 1.4 W idle, 4.3 W writing.
 *   <li>Spinning, 3.5 inch: Seagate Exos X18: 5.3 W idle, 9.4 W reading at random.
 *   <li>A virtual drive is no drive: it is a share, by size, of the drives behind it. Whether it
 *       reports to spin means nothing.
 * </ul>
 *
 * @param idleMilliwatts without any request
 * @param activeMilliwatts with requests under way all the time
 * @param virtual whether it is a share of other drives
 */
record DrivePower(long idleMilliwatts, long activeMilliwatts, boolean virtual) {
  private static final Pattern VIRTUAL_NAME = Pattern.compile("x?vd[a-z]+");
  private static final Pattern VIRTUAL_MODEL =
      Pattern.compile(
          ".*(qemu|vbox|virtual|persistentdisk|elastic block store).*", Pattern.CASE_INSENSITIVE);
  // of an NVMe drive of 3.84 TB
  private static final double VIRTUAL_IDLE_WATTS_PER_TERABYTE = 1.3;
  private static final double VIRTUAL_ACTIVE_WATTS_PER_TERABYTE = 3.2;

  /**
   * @param id name of the block device
   * @param model its model, or empty
   * @param spins whether it reports to spin
   */
  static DrivePower of(String id, String model, boolean spins, long bytes) {
    double terabytes = bytes / 1e12;
    if (VIRTUAL_NAME.matcher(id).matches() || VIRTUAL_MODEL.matcher(model).matches()) {
      return new DrivePower(
          Math.round(terabytes * VIRTUAL_IDLE_WATTS_PER_TERABYTE * 1_000),
          Math.round(terabytes * VIRTUAL_ACTIVE_WATTS_PER_TERABYTE * 1_000),
          true);
    }
    if (id.startsWith("nvme")) {
      return by(4_000, 12_000, 300, terabytes);
    }
    return spins ? by(5_000, 9_000, 20, terabytes) : by(1_200, 3_600, 50, terabytes);
  }

  private static DrivePower by(long idle, long active, long perTerabyte, double terabytes) {
    long more = Math.round(terabytes * perTerabyte);
    return new DrivePower(idle + more, active + more, false);
  }

  long milliwatts(double busy) {
    return idleMilliwatts + Math.round(busy * (activeMilliwatts - idleMilliwatts));
  }
}
