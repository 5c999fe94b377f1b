// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.reports.eed.EedKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the docs name exists: options, metrics, topics, measurements, fields. */
class DocsTest {
  private static final Path ROOT = Path.of("..");
  // without those to other sites
  private static final Pattern LINK =
      Pattern.compile("]\\((?![a-z]+:)([^)#\\s]*)(?:#([^)\\s]+))?\\)");

  /** Options of other programs, by program. */
  private static final Map<String, Set<String>> OPTIONS_OF_OTHERS =
      Map.of(
          "curl", Set.of("--max-time"),
          "docker",
              Set.of("--build", "--build-arg", "--entrypoint", "--rm", "--scale", "--volumes"),
          "systemctl, useradd", Set.of("--now", "--create"),
          "influx", Set.of("--predicate", "--start", "--stop"),
          "kafka-topics", Set.of("--bootstrap-server", "--delete", "--topic"),
          "kafka-configs",
              Set.of(
                  "--add-config-file",
                  "--alter",
                  "--broker-id",
                  "--command-config",
                  "--entity-name",
                  "--start-offset",
                  "--transactional-id",
                  "--entity-type"),
          "java", Set.of("--enable-native-access"),
          "DCGM-exporter", Set.of("--hpc-job-mapping-dir"));

  /** Names in files and interfaces of others, by where they are specified. */
  private static final Map<String, Set<String>> NAMES_OF_OTHERS =
      Map.of(
          "MLPerf's logs and tools",
              Set.of("power_begin", "power_end", "run_start", "run_stop", "result_summarizer"),
          "Linux: hwmon, drm, powercap",
              Set.of(
                  "acpi_power_meter",
                  "power_meter",
                  "power1_cap",
                  "power1_cap_default",
                  "power1_cap_max",
                  "power1_input",
                  "temp1_input",
                  "freq1_input",
                  "freq2_input",
                  "fan1_input",
                  "fan1_max",
                  "constraint_0_power_limit_uw",
                  "amdgpu_xcp_3",
                  "drm_render_minor",
                  "gpu_busy_percent",
                  "gpu_metrics",
                  "location_id",
                  "mem_info_vram_total",
                  "mem_info_vram_used",
                  "unique_id",
                  "energy_uj",
                  "max_energy_range_uj",
                  "peak_power",
                  "long_term",
                  "short_term"),
          "Alertmanager's configuration",
              Set.of(
                  "group_by", "group_interval", "group_wait", "resolve_timeout", "send_resolved"),
          "answers of WattTime, Electricity Maps and ENTSO-E, and units",
              Set.of(
                  "co2_aoer",
                  "co2_moer",
                  "createdDateTime",
                  "generated_at",
                  "kWh",
                  "last_updated",
                  "lbs_co2_per_mwh",
                  "updatedAt"),
          "Kafka's settings", Set.of("exactly_once_v2", "read_committed"));

  /** Names of files that our programs read or write, which no catalogue has. */
  private static final Map<String, Set<String>> NAMES_IN_FILES =
      Map.of(
          "a job's file (JobFile)",
              Set.of("gpu_share", "memory_share", "storage_share", "cpu_share", "node_share"),
          "a meter's file (MeterFile)", Set.of("kilowatt_hours"),
          "further columns of a replay (TraceReport)", Set.of("conversion_eff", "mlcommons_j"),
          "the simulator's truth (SiteSimulator)", Set.of("silent_j"),
          "labels of a job (ModelSize)", Set.of("experts_active", "params_active", "params_total"),
          "a site file (EedKeys)", Set.copyOf(EedKeys.keys()));

  private static final Set<String> FOREIGN =
      Stream.of(OPTIONS_OF_OTHERS, NAMES_OF_OTHERS, NAMES_IN_FILES)
          .flatMap(groups -> groups.values().stream())
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());

  @Test
  void namesInTheDocs_exist() throws IOException {
    Names names = Names.ofTheCode();
    Map<String, Set<String>> unknown = new TreeMap<>();
    for (Path page : pages()) {
      Set<String> inPage = names.unknownIn(Files.readString(page), FOREIGN);
      if (!inPage.isEmpty()) {
        unknown.put(ROOT.relativize(page).toString(), inPage);
      }
    }
    assertThat(unknown).isEmpty();
  }

  /** All pages for users; decisions and the list of changes name what was, too. */
  private static Iterable<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"));
        Stream<Path> deploy = Files.walk(ROOT.resolve("deploy"))) {
      return Stream.of(docs, deploy, Stream.of(ROOT.resolve("README.md")))
          .flatMap(paths -> paths)
          .filter(path -> path.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  @Test
  void linksInTheDocs_leadToAFile_andToAHeadingOfIt() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      Matcher links = LINK.matcher(Files.readString(page));
      while (links.find()) {
        String path = links.group(1);
        String heading = links.group(2);
        Path target = path.isEmpty() ? page : page.resolveSibling(path);
        boolean found =
            Files.exists(target) && (heading == null || headings(target).contains(heading));
        if (!found) {
          broken.add(ROOT.relativize(page) + " -> " + links.group());
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  /** Anchors of a page's headings, as GitHub makes them. */
  private static List<String> headings(Path page) throws IOException {
    return Files.readAllLines(page).stream()
        .filter(line -> line.startsWith("#"))
        .map(line ->
            line.replaceFirst("^#+\\s*", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\w\\- ]", "")
                .replace(' ', '-'))
        .toList();
  }

  @Test
  void whatDoesNotExist_isFound() throws IOException {
    String text =
        "`streams --no-such-option` shows `joulestream_no_such_total` of topic `no-such`, stored as"
            + " `no_such_field`, from `noSuchField`; `up --simulate`, topic `jobs`, `job_window`.";
    assertThat(Names.ofTheCode().unknownIn(text, Set.of("noSuchField")))
        .containsExactlyInAnyOrder(
            "--no-such-option", "joulestream_no_such_total", "topic no-such", "no_such_field");
  }
}
