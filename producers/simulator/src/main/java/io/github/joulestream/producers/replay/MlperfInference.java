// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.producers.input.Decimals;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * MLPerf Inference power runs, measured by SPEC's PTDaemon: {@code <benchmark>/<scenario>/spl.txt}
 * with one line a second, the meter's total first and then its channels, which the total already
 * holds; and {@code mlperf_log_detail*.txt} beside it with {@code power_begin}, {@code power_end}
 * and the work done per second. Both use the same local clock, without an offset.
 *
 * @see <a href="https://github.com/mlcommons/power-dev">mlcommons/power-dev</a>
 */
final class MlperfInference {
  private static final String MARK = ":::MLLOG ";
  private static final Set<String> WRAPPING = Set.of("performance", "run_1");
  private static final String RANGING = "ranging";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("MM-dd-yyyy HH:mm:ss.SSS", Locale.ROOT);
  private static final Pattern LAST_IS_WATTS = Pattern.compile(",Watts,[^,]*$");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path root;
  private final String site;
  private final ZoneOffset offset;
  private final boolean offsetGiven;

  MlperfInference(Path root, String site, ReplayOptions options) {
    this.root = root;
    this.site = site;
    this.offsetGiven = options.utcOffset() != null;
    this.offset = options.utcOffset() != null ? options.utcOffset() : ZoneOffset.UTC;
  }

  void read(List<Path> files, Found found) throws IOException {
    int ranging = 0;
    for (Path file : files) {
      if (!file.endsWith("spl.txt")) {
        continue;
      }
      if (name(file.getParent()).equals(RANGING)) {
        ranging++;
      } else {
        if (!offsetGiven) {
          found.notices.add(
              "MLPerf Inference: the meter's times have no offset and are taken as UTC;"
                  + " --utc-offset is given");
        }
        readRun(file, found);
      }
    }
    if (ranging > 0) {
      found.notices.add(
          "MLPerf Inference: %d ranging runs left out; they find the meter's range and are no results"
              .formatted(ranging));
    }
  }

  private void readRun(Path spl, Found found) throws IOException {
    String file = root.relativize(spl).toString();
    Path folder = requireNonNull(spl.getParent(), "folder");
    // submissions keep the files of a run in <scenario>/performance/run_1
    Path scenarioFolder = folder;
    while (WRAPPING.contains(name(scenarioFolder)) && scenarioFolder.getParent() != null) {
      scenarioFolder = scenarioFolder.getParent();
    }
    String scenario = name(scenarioFolder);
    String benchmark = name(scenarioFolder.getParent());
    String machine = machine(scenarioFolder);
    NodeLog log = readMeter(spl, file, machine, found.notices);
    if (log.rows() == 0) {
      found.notices.add(file + ": left out, it has no reading");
      return;
    }
    List<TracedJob> jobs = new ArrayList<>();
    JobRecord job = readJob(folder, file, benchmark, scenario, found.notices);
    if (job != null) {
      jobs.add(new TracedJob(job, List.<DeviceShare>of(), null));
    }
    found.add(
        new Run(
            file,
            machine,
            String.join(".", machine, benchmark, scenario),
            List.of(new Run.Log("", log)),
            jobs,
            null));
  }

  private @Nullable JobRecord readJob(
      Path folder, String file, String benchmark, String scenario, Notices notices)
      throws IOException {
    Map<String, JsonNode> detail = readDetail(folder, notices);
    Long begin = time(detail.get("power_begin"));
    Long end = time(detail.get("power_end"));
    if (begin == null || end == null || end < begin) {
      notices.add(
          file + ": no job, mlperf_log_detail*.txt beside it has no power_begin and power_end");
      return null;
    }
    InferenceWork work = InferenceWork.of(detail, end - begin);
    JsonNode valid = detail.get("result_validity");
    return new JobRecord(
        site,
        benchmark + "/" + scenario,
        new JobDetails(
            "",
            benchmark,
            text(detail.get("sut_name")),
            scenario,
            BenchmarkModels.labels(benchmark, "infer")),
        new JobSpan(begin, end),
        valid == null || valid.asText().equals("VALID") ? JobState.COMPLETED : JobState.FAILED,
        new JobWork(work.amount(), work.unit()),
        0);
  }

  /** Everything between the root and {@code <benchmark>/<scenario>} names the machine. */
  private String machine(Path scenarioFolder) {
    if (!scenarioFolder.startsWith(root)) {
      return "sut";
    }
    Path relative = root.relativize(scenarioFolder);
    int names = relative.getNameCount();
    return names > 2 ? relative.subpath(0, names - 2).toString().replace('/', '.') : "sut";
  }

  private static String name(@Nullable Path file) {
    return file == null || file.getFileName() == null ? "" : file.getFileName().toString();
  }

  private NodeLog readMeter(Path spl, String file, String node, Notices notices)
      throws IOException {
    Column times = new Column();
    Column total = new Column();
    List<Column> channels = new ArrayList<>();
    int number = 0;
    List<String> lines = Lines.of(spl);
    int cutOff = Lines.cutOff(spl) ? lines.size() : -1;
    for (String line : lines) {
      number++;
      if (number == cutOff && LAST_IS_WATTS.matcher(line).find()) {
        notices.refuse(file, "a last line that may be cut off within its Watts", number);
        continue;
      }
      if (line.isBlank()) {
        notices.refuse(file, "a blank line", number);
        continue;
      }
      String[] fields = line.split(",", -1);
      Long time = fields.length > 1 && fields[0].equals("Time") ? time(fields[1]) : null;
      if (time == null) {
        notices.refuse(file, "a line without Time", number);
        continue;
      }
      List<Long> watts = new ArrayList<>();
      for (int i = 2; i + 1 < fields.length; i++) {
        if (fields[i].equals("Watts")) {
          watts.add(milliwatts(fields[i + 1], file, number, notices));
        }
      }
      if (watts.isEmpty()) {
        notices.refuse(file, "a line without Watts", number);
        continue;
      }
      times.add(time);
      total.add(watts.getFirst());
      for (int channel = 1; channel < watts.size(); channel++) {
        if (channels.size() < channel) {
          Column column = new Column();
          for (int row = 1; row < times.size(); row++) {
            column.add(Readings.MISSING);
          }
          channels.add(column);
        }
        channels.get(channel - 1).add(watts.get(channel));
      }
      for (int channel = watts.size() - 1; channel < channels.size(); channel++) {
        channels.get(channel).add(Readings.MISSING);
      }
    }
    List<DeviceSeries> devices = new ArrayList<>();
    Device meter = Device.sensor("meter", DeviceKind.NODE);
    devices.add(new DeviceSeries(meter, Readings.ofPower(times.toArray(), total.toArray())));
    for (int i = 0; i < channels.size(); i++) {
      devices.add(
          new DeviceSeries(
              Device.sensor("meter-ch" + (i + 1), DeviceKind.NODE).withContainedIn(DeviceKind.NODE),
              Readings.ofPower(times.toArray(), channels.get(i).toArray())));
    }
    return new NodeLog(node, file, devices);
  }

  private static long milliwatts(String field, String file, int number, Notices notices) {
    try {
      double watts = Decimals.approximate(field.strip());
      if (Double.isFinite(watts) && Math.abs(watts) < 1e12) {
        return Math.round(watts * 1000);
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    notices.refuse(file, "Watts '%s'".formatted(field), number);
    return Readings.MISSING;
  }

  private static Map<String, JsonNode> readDetail(Path folder, Notices notices) throws IOException {
    Map<String, JsonNode> values = new HashMap<>();
    List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files =
          list.filter(file -> String.valueOf(file.getFileName()).startsWith("mlperf_log_detail"))
              .sorted()
              .toList();
    }
    for (Path file : files) {
      int number = 0;
      for (String line : Lines.of(file)) {
        number++;
        int mark = line.indexOf(MARK);
        if (mark < 0) {
          continue;
        }
        try {
          JsonNode json = JSON.readTree(line.substring(mark + MARK.length()));
          values.put(json.path("key").asText(), json.path("value"));
        } catch (JsonProcessingException e) {
          notices.refuse(String.valueOf(file.getFileName()), "an entry that is not JSON", number);
        }
      }
    }
    return values;
  }

  private @Nullable Long time(@Nullable JsonNode value) {
    return value == null ? null : time(value.asText());
  }

  private @Nullable Long time(String text) {
    try {
      return LocalDateTime.parse(text, TIME).toInstant(offset).toEpochMilli();
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static String text(@Nullable JsonNode value) {
    return value == null ? "" : value.asText();
  }
}
