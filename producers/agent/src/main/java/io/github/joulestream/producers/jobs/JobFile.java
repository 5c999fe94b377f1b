// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.producers.input.Decimals;
import io.github.joulestream.producers.input.Names;
import io.github.joulestream.producers.jobs.LocalJob.Shares;
import io.github.joulestream.producers.probe.GpuNumbering;
import io.github.joulestream.runtime.SmallFile;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file of a job in the {@link JobDirectory}: lines of {@code key=value}, each ended by a
 * newline. Lines without {@code =}, lines that begin with {@code #}, and unknown keys mean nothing;
 * of a key that comes twice the last counts.
 *
 * <table>
 * <caption>Keys, all of them optional</caption>
 * <tr><td>{@code job}</td><td>the job's id in its site; else the file's name</td></tr>
 * <tr><td>{@code user, account, partition, name}</td><td>as the scheduler has them</td></tr>
 * <tr><td>{@code label.X}</td><td>the label X</td></tr>
 * <tr><td>{@code gpus}</td><td>the job's GPUs on this node, separated by commas: UUIDs, bus
 *     addresses, or, where no GPU has instances, indices as its maker's tools count, or device files
 *     ({@code /dev/nvidia0}); empty for none</td></tr>
 * <tr><td>{@code gpu_share}</td><td>its share of each of them, 0 to 1, if not all</td></tr>
 * <tr><td>{@code memory_share, storage_share, cpu_share, node_share}</td><td>its shares of the
 *     node, 0 to 1</td></tr>
 * <tr><td>{@code nodes}</td><td>how many nodes it has</td></tr>
 * <tr><td>{@code lead}</td><td>{@code no}: another node publishes the record of the job</td></tr>
 * <tr><td>{@code start, end}</td><td>Unix time in seconds, with a fraction if need be, or in
 *     milliseconds (13 digits)</td></tr>
 * <tr><td>{@code state}</td><td>how it ended: completed, failed, cancelled, timeout; without it the
 *     end is that on the node, and another program publishes the record</td></tr>
 * <tr><td>{@code done, unit}</td><td>work done so far</td></tr>
 * </table>
 *
 * <p>A file without GPUs and shares gives the job all of the node. An id that is longer than ids
 * are is cut, see {@link Names#id}; other texts lose their end.
 */
public final class JobFile {
  /** The longest file that is read. */
  static final int MAX_BYTES = 64 << 10;

  private static final Set<PosixFilePermission> READ_BY_ALL =
      PosixFilePermissions.fromString("rw-r--r--");
  private static final BigDecimal MIN_MILLIS = new BigDecimal("1e11"); // as seconds: year 5138
  // a number is that of a scheduler or of a person, and so is a file that a hook made of it
  private static final Pattern COUNTED = Pattern.compile("\\d+|/dev/nvidia\\d+");
  private static final BigDecimal WHOLE = new BigDecimal(Shares.WHOLE);

  private JobFile() {}

  /** The text's keys and values, in their order. */
  static Map<String, String> values(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    text.lines()
        .forEach(line -> {
          int equals = line.indexOf('=');
          if (equals > 0 && line.charAt(0) != '#') {
            values.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
          }
        });
    return values;
  }

  /**
   * The job of a file.
   *
   * @param name of the file
   * @throws IllegalArgumentException if a value cannot be
   */
  static LocalJob job(String site, String name, Map<String, String> values) {
    Map<String, String> labels = new HashMap<>();
    values.forEach((key, value) -> {
      if (key.startsWith("label.")) {
        labels.put(key.substring("label.".length()), value);
      }
    });
    long end = time(values, "end", JobSpan.OPEN);
    String stated = values.getOrDefault("state", "");
    JobState state =
        !stated.isEmpty()
            ? state(stated)
            : end == JobSpan.OPEN ? JobState.RUNNING : JobState.UNKNOWN;
    if (state.ended() != (end != JobSpan.OPEN) && state != JobState.UNKNOWN) {
      throw new IllegalArgumentException("state and end do not go together");
    }
    return new LocalJob(
        new JobRecord(
            site,
            Names.id(values.getOrDefault("job", name)),
            new JobDetails(
                text(values, "user"),
                text(values, "account"),
                text(values, "name"),
                text(values, "partition"),
                Bounds.withinBounds(labels)),
            new JobSpan(time(values, "start", JobSpan.UNKNOWN), end),
            state,
            new JobWork(
                number(values, "done", BigDecimal.ZERO).doubleValue(), text(values, "unit")),
            number(values, "nodes", BigDecimal.ZERO).intValueExact()),
        gpus(values),
        new Shares(
            share(values, "memory_share", Shares.UNSPECIFIED),
            share(values, "storage_share", Shares.UNSPECIFIED),
            share(values, "cpu_share", Shares.UNSPECIFIED),
            share(values, "node_share", Shares.UNSPECIFIED)),
        !values.getOrDefault("lead", "").equals("no"));
  }

  private static String text(Map<String, String> values, String key) {
    return Bounds.cutText(values.getOrDefault(key, ""));
  }

  /** A job's state by the name that Slurm or we have for it. */
  static JobState state(String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "PENDING", "RUNNING", "CONFIGURING", "SUSPENDED", "RESIZING" -> JobState.RUNNING;
      case "COMPLETED" -> JobState.COMPLETED;
      case "CANCELLED", "PREEMPTED", "REVOKED" -> JobState.CANCELLED;
      case "TIMEOUT", "DEADLINE" -> JobState.TIMEOUT;
      case "FAILED", "NODE_FAIL", "BOOT_FAIL", "OUT_OF_MEMORY", "LAUNCH_FAILED" -> JobState.FAILED;
      default -> JobState.UNKNOWN;
    };
  }

  private static @Nullable Map<String, Integer> gpus(Map<String, String> values) {
    String names = values.get("gpus");
    if (names == null) {
      return null;
    }
    int share = share(values, "gpu_share", Shares.WHOLE);
    Map<String, Integer> gpus = new TreeMap<>();
    for (String gpu : names.split(",", -1)) {
      if (!gpu.isBlank()) {
        String name = gpu.strip();
        gpus.put(COUNTED.matcher(name).matches() ? GpuNumbering.COUNTED + name : name, share);
      }
    }
    return gpus;
  }

  private static int share(Map<String, String> values, String key, int otherwise) {
    BigDecimal share = number(values, key, BigDecimal.valueOf(-1));
    return share.signum() < 0
        ? otherwise
        : share.multiply(WHOLE).setScale(0, RoundingMode.HALF_UP).intValueExact();
  }

  private static long time(Map<String, String> values, String key, long otherwise) {
    BigDecimal time = number(values, key, BigDecimal.valueOf(-1));
    if (time.signum() < 0) {
      return otherwise;
    }
    return (time.compareTo(MIN_MILLIS) > 0 ? time : time.scaleByPowerOfTen(3)).longValue();
  }

  private static BigDecimal number(Map<String, String> values, String key, BigDecimal otherwise) {
    String text = values.getOrDefault(key, "");
    if (text.isEmpty()) {
      return otherwise;
    }
    BigDecimal number = Decimals.exact(text, key);
    if (number.signum() < 0 || number.precision() - number.scale() > 18) {
      throw new IllegalArgumentException("%s is %s".formatted(key, Bounds.shown(text)));
    }
    return number;
  }

  /**
   * Puts these values into a job's file, beside those that it has: into a new file, which then
   * replaces the old one, so that no reader sees half of it. The new file has a random name and is
   * created exclusively: no link at that place is followed.
   */
  public static void put(Path directory, String job, Map<String, String> values)
      throws IOException {
    Path file = directory.resolve(fileName(job));
    Map<String, String> all = new LinkedHashMap<>(get(directory, job));
    all.put("job", job);
    all.putAll(values);
    StringBuilder text = new StringBuilder();
    // one line each, whatever is in it
    all.forEach((key, value) ->
        text.append(key).append('=').append(value.replaceAll("\\p{Cntrl}", " ")).append('\n'));
    Path draft = Files.createTempFile(directory, ".job-", "");
    try {
      Files.writeString(draft, text);
      if (Files.getFileStore(draft).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(draft, READ_BY_ALL); // the agent is another user
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /**
   * The values in a job's file; none if it has no file.
   *
   * @throws IOException also if there is something else than a file, or if it is too long
   */
  public static Map<String, String> get(Path directory, String job) throws IOException {
    try {
      return values(SmallFile.text(directory.resolve(fileName(job)), MAX_BYTES));
    } catch (NoSuchFileException e) {
      return Map.of();
    }
  }

  private static String fileName(String job) {
    String name = job.replace('/', '_');
    return name.startsWith(".") ? "_" + name : name;
  }
}
