// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The most of everything that is on the wire, and checks that hold it. What is beyond is refused:
 * by the writer when it is made, by the reader before anything is kept of it. So whatever is read
 * can be booked, written to a state and read back, and no record decides how much memory a program
 * takes.
 *
 * <p>Characters are those of {@link String#length}: UTF-16 units. One is three bytes of UTF-8 at
 * most. All checks throw {@link IllegalArgumentException} with one line that is safe to print.
 *
 * <p>{@code docs/limits.md} is the same for people.
 */
public final class Bounds {
  /** Characters of a site, node, job, device, device it is an instance of, budget or scope. */
  public static final int NAME_CHARACTERS = 250;

  /** Bytes of UTF-8 of such a name. */
  public static final int NAME_BYTES = 3 * NAME_CHARACTERS;

  /**
   * Characters of any other text: model, user, project, name of a job, partition, unit of work,
   * name of a label. Slurm's own texts have as many.
   */
  public static final int TEXT_CHARACTERS = 1_024;

  /** Characters of an alert's summary and of a label's value: as many as a store keeps. */
  public static final int LONG_TEXT_CHARACTERS = 16_000;

  /** Labels of a job or of a node. */
  public static final int LABELS = 128;

  /** Characters of all labels of a job or of a node together, names and values. */
  public static final int LABELS_CHARACTERS = 32_768;

  /**
   * Lines in which a node reports what it cannot read, and lines in which it reports what it does
   * not understand; each has at most {@link #TEXT_CHARACTERS}.
   */
  public static final int SENTENCES = 100;

  /** Devices of one batch of telemetry, MIG instances included. */
  public static final int DEVICES = 4_096;

  /** Readings of one batch of telemetry: rows, over all its devices. */
  public static final int READINGS = 100_000;

  /** Statuses of devices in one batch of telemetry. */
  public static final int STATUSES = 100_000;

  /** What a status counts, such as bytes or errors: as much as a double holds exactly. */
  public static final long STATUS_COUNT = 1L << 53;

  /**
   * Water that a status may count, ml: 100,000 m³, what 1 GW of IT takes in two days. Water is in
   * the sums of the site, with its energy: of 92 million such statuses in an hour they overflow.
   */
  public static final long WATER_MILLILITRES = 100_000_000_000L;

  /** Further windows in one record of node-window or job-window. */
  public static final int RECORD_WINDOWS = 10_000;

  /** Devices of one node in a record of device-window. */
  public static final int WINDOW_DEVICES = 8_192;

  /** Devices of a job on one node, over the time that it held them. */
  public static final int HELD_DEVICES = 100_000;

  /** Devices of one allocation event. */
  public static final int SHARES = 4_096;

  /** GPUs of the node of an allocation event. */
  public static final int GPUS = 4_096;

  /** Nodes of a job. */
  public static final int NODES_OF_JOB = 1_000_000;

  /** Nodes in one record of power now. */
  public static final int LIVE_NODES = 100_000;

  /** Jobs of one node in a record of power now. */
  public static final int LIVE_JOBS = 100_000;

  /** Kinds of devices in a record of power now, whichever release wrote it. */
  public static final int LIVE_KINDS = 64;

  /** Memory or storage of a node, MiB: as many of the largest devices as a batch may have. */
  public static final long NODE_MEBIBYTES = (1L << 33) * DEVICES;

  /** Groups of nodes in one record of pool-peak. */
  public static final int POOL_GROUPS = 100_000;

  /** Contributors of an alert. */
  public static final int CONTRIBUTORS = 100;

  /** Caps of one advice. */
  public static final int CAPS = 100_000;

  /** Lower limits in a budget's schedule. */
  public static final int REDUCTIONS = 100;

  /** Thresholds of a budget. */
  public static final int THRESHOLDS = 10;

  /** Characters of a budget's owner and of its note. */
  public static final int NOTE_CHARACTERS = 1_000;

  /** Share of a device, or of a node's memory or processors: 10,000 is all of it. */
  public static final int WHOLE_BASIS_POINTS = 10_000;

  /** Upper end of the power that a device is built for, mW: a terawatt. */
  public static final long POWER_LIMIT_MILLIWATTS = 1_000_000_000_000_000L;

  /** Over how long a power value is a mean, ms: an hour. */
  public static final int AVERAGING_MILLIS = 3_600_000;

  /** Modulus of an energy counter, uJ. */
  public static final long COUNTER_WRAP_MICROJOULES = 1L << 62;

  /** Length of a window, ms: a day. */
  public static final int WINDOW_MILLIS = 86_400_000;

  /** Units of work of a job. The largest training runs known are below 1e27 operations. */
  public static final double WORK = 1e30;

  /** By how much an agent's clock is off, ms: a hundred years. */
  public static final long CLOCK_OFFSET_MILLIS = 36_525L * 86_400_000;

  /**
   * Oldest time of anything, Unix epoch, milliseconds: 2000-01-01T00:00Z. A clock that was never
   * set shows 1970.
   */
  public static final long OLDEST_EPOCH_MILLIS = 946_684_800_000L;

  /** Newest time of anything, Unix epoch, milliseconds: 2200-01-01T00:00Z. */
  public static final long NEWEST_EPOCH_MILLIS = 7_258_118_400_000L;

  /**
   * A reading is no older than this when it arrives, ms: ten years, so that recorded traces can be
   * replayed as they are.
   */
  public static final long OLDEST_BEFORE_ARRIVAL_MILLIS = 3_653L * 86_400_000;

  private static final int SHOWN_CHARACTERS = 60;

  private Bounds() {}

  /**
   * Checks the name of a site, node, job, device or budget.
   *
   * @param what it is called in the message
   * @return the name
   */
  public static String name(String name, String what) {
    if (name.isEmpty() || name.length() > NAME_CHARACTERS) {
      throw new IllegalArgumentException(
          "%s must have 1 to %d characters, and has %d: %s"
              .formatted(what, NAME_CHARACTERS, name.length(), shown(name)));
    }
    int bad = firstUnprintable(name);
    if (bad < name.length()) {
      throw new IllegalArgumentException(
          "%s holds a character it may not, U+%04X: %s"
              .formatted(what, (int) name.charAt(bad), shown(name)));
    }
    return name;
  }

  /** As {@link #name}; empty where there is none. */
  public static String nameOrEmpty(String name, String what) {
    return name.isEmpty() ? name : name(name, what);
  }

  /** True if it can be the name of something. */
  public static boolean isName(String name) {
    return !name.isEmpty()
        && name.length() <= NAME_CHARACTERS
        && firstUnprintable(name) == name.length();
  }

  /** Checks a text that may hold any characters. */
  public static String text(String text, String what) {
    return text(text, TEXT_CHARACTERS, what);
  }

  /** Checks a text against a bound of its own. */
  public static String text(String text, int most, String what) {
    if (text.length() > most) {
      throw new IllegalArgumentException(
          "%s has %d characters, and may have %d: %s"
              .formatted(what, text.length(), most, shown(text)));
    }
    return text;
  }

  /** The text, or as much of its beginning as is within the bound. */
  public static String cutText(String text) {
    return cut(text, TEXT_CHARACTERS);
  }

  /** The first of these lines that a node may report, each cut. */
  public static List<String> cutLines(List<String> lines) {
    return lines.stream().limit(SENTENCES).map(Bounds::cutText).toList();
  }

  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    // both halves of a character or none
    return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
  }

  /** Checks the labels of a job or node. */
  public static void labels(Map<String, String> labels, String what) {
    count(labels.size(), LABELS, "labels of " + what);
    long characters = 0;
    for (Map.Entry<String, String> label : labels.entrySet()) {
      characters += text(label.getKey(), "the name of a label of " + what).length();
      characters +=
          text(label.getValue(), LONG_TEXT_CHARACTERS, "the value of a label of " + what).length();
    }
    if (characters > LABELS_CHARACTERS) {
      throw new IllegalArgumentException(
          "labels of %s have %d characters together, and may have %d"
              .formatted(what, characters, LABELS_CHARACTERS));
    }
  }

  /**
   * As many of these labels as are within the bounds, in the order of their names; the values are
   * cut. For labels from elsewhere, which have no bounds there.
   */
  public static Map<String, String> withinBounds(Map<String, String> labels) {
    return mergedLabels(Map.of(), labels);
  }

  /**
   * Labels that were there, and those that are new, which take the place of others of their name.
   * What would be over the bounds is left out: first of what is new.
   */
  public static Map<String, String> mergedLabels(
      Map<String, String> before, Map<String, String> added) {
    Map<String, String> merged = new HashMap<>(before);
    long characters = 0;
    for (Map.Entry<String, String> label : before.entrySet()) {
      characters += (long) label.getKey().length() + label.getValue().length();
    }
    for (Map.Entry<String, String> label : new TreeMap<>(added).entrySet()) {
      String name = label.getKey();
      String value = cut(label.getValue(), LONG_TEXT_CHARACTERS);
      String replaced = merged.get(name);
      long more =
          replaced == null
              ? (long) name.length() + value.length()
              : (long) value.length() - replaced.length();
      if (name.length() <= TEXT_CHARACTERS
          && characters + more <= LABELS_CHARACTERS
          && (replaced != null || merged.size() < LABELS)) {
        merged.put(name, value);
        characters += more;
      }
    }
    return merged;
  }

  /** Checks a number of things, or any other number of which none is below 0. */
  public static long count(long count, long most, String what) {
    if (count < 0 || count > most) {
      throw new IllegalArgumentException("%s: %d, and may be 0 to %d".formatted(what, count, most));
    }
    return count;
  }

  /** Checks units of work. */
  public static double work(double work, String what) {
    if (!(work >= 0) || work > WORK) {
      throw new IllegalArgumentException(
          "%s is %s, and may be 0 to %s".formatted(what, work, WORK));
    }
    return work;
  }

  /** Checks a time, Unix epoch, milliseconds. */
  public static long time(long epochMillis, String what) {
    if (!isTime(epochMillis)) {
      throw new IllegalArgumentException(
          "%s is %d ms since 1970, and may be from the year 2000 to 2200"
              .formatted(what, epochMillis));
    }
    return epochMillis;
  }

  /** Checks a time that may be unknown or open: 0 or -1. */
  public static long timeIfAny(long epochMillis, String what) {
    return epochMillis == 0 || epochMillis == -1 ? epochMillis : time(epochMillis, what);
  }

  /** True if it is a time at which something can have happened. */
  public static boolean isTime(long epochMillis) {
    return epochMillis >= OLDEST_EPOCH_MILLIS && epochMillis <= NEWEST_EPOCH_MILLIS;
  }

  /**
   * The beginning of any text in quotes, for a message or a log: one line, and nothing in it that a
   * terminal would act on.
   */
  public static String shown(String text) {
    String beginning = cut(text, SHOWN_CHARACTERS);
    StringBuilder shown = new StringBuilder(beginning.length() + 8).append('\'');
    for (int i = 0; i < beginning.length(); i++) {
      if (isUnprintable(beginning, i)) {
        shown.append("\\u%04x".formatted((int) beginning.charAt(i)));
      } else {
        shown.append(beginning.charAt(i));
      }
    }
    return shown.append(beginning.length() < text.length() ? " ...'" : "'").toString();
  }

  /**
   * Index of the first character that no name may hold: a control character, a separator of lines
   * or paragraphs, what turns the direction of writing, half of a surrogate pair. The text's length
   * if there is none.
   */
  public static int firstUnprintable(String text) {
    int i = 0;
    while (i < text.length() && !isUnprintable(text, i)) {
      i++;
    }
    return i;
  }

  private static boolean isUnprintable(String text, int at) {
    char c = text.charAt(at);
    if (c >= ' ' && c < 0x7f) {
      return false;
    }
    if (Character.isHighSurrogate(c)) {
      return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
    }
    if (Character.isLowSurrogate(c)) {
      return at == 0 || !Character.isHighSurrogate(text.charAt(at - 1));
    }
    return c < ' '
        || (c >= 0x7f && c <= 0x9f)
        || c == 0x061c
        || c == 0x200e
        || c == 0x200f
        || (c >= 0x2028 && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069);
  }
}
