// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import io.github.joulestream.runtime.Spelling;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Names of environment variables that begin with {@code JOULESTREAM_}. */
final class Variables {
  /** Of the launcher, queries, docker-compose.yml, dashboards/provisioning, deploy/ and tests. */
  private static final Set<String> RESERVED =
      Set.of(
          "ALERT_WEBHOOK",
          "ALERTMANAGER_PORT",
          "API_TOKEN",
          "CHECK_CACHE",
          "CHECK_COMPOSE",
          "CHECK_TEST",
          "CONFIG",
          "DASHBOARDS",
          "GRAFANA_PASSWORD",
          "GRAFANA_PORT",
          "IMAGE",
          "INFLUX_DATABASE",
          "INFLUX_DEVICES_DATABASE",
          "INFLUX_LONG_DATABASE",
          "INFLUX_PASSWORD",
          "INFLUX_PORT",
          "INFLUX_TOKEN",
          "INFLUX_URL",
          "INFLUX_YEARS_DATABASE",
          "JAVA_OPTS",
          "KAFKA_PORT",
          "SIMULATED_NODES",
          "SLURM",
          "TEST_INFLUX_ORG",
          "TEST_INFLUX_TOKEN",
          "TEST_INFLUX_URL",
          "TRACES",
          "VERSION");

  // Kubernetes sets these in every pod for each Service of the namespace, after the Service's name
  private static final Pattern OF_A_SERVICE =
      Pattern.compile(".*_SERVICE_(HOST|PORT)(_[A-Z0-9_]+)?|.*_PORT_\\d+_(TCP|UDP|SCTP)(_[A-Z]+)?");

  private Variables() {}

  /** True if the variable is not an option's, but has another known purpose. */
  static boolean isReserved(String name, Map<String, String> environment) {
    return RESERVED.contains(name.substring(Settings.PREFIX.length()))
        || isOfService(name, environment);
  }

  /**
   * True if Kubernetes set the variable for a Service. Its name may be that of an option: a Service
   * {@code joulestream-metrics} sets {@code JOULESTREAM_METRICS_PORT} to a URL.
   */
  static boolean isOfService(String name, Map<String, String> environment) {
    return OF_A_SERVICE.matcher(name).matches()
        || (name.endsWith("_PORT")
            && environment.containsKey(
                name.substring(0, name.length() - "PORT".length()) + "SERVICE_HOST"));
  }

  /** What to write in place of an unknown variable. */
  static String hint(String name, Collection<String> known) {
    for (Map.Entry<String, String> renamed : RenamedOptions.all().entrySet()) {
      String old = "_" + upper(renamed.getKey());
      if (name.endsWith(old)) {
        String now =
            name.substring(0, name.length() - old.length()) + "_" + upper(renamed.getValue());
        if (known.contains(now)) {
          return ": it is %s now".formatted(now);
        }
      }
    }
    Set<String> all = new TreeSet<>(known);
    RESERVED.forEach(reserved -> all.add(Settings.PREFIX + reserved));
    String nearest = Spelling.nearest(name.substring(Settings.PREFIX.length()), stripped(all));
    return nearest != null
        ? "; did you mean %s%s?".formatted(Settings.PREFIX, nearest)
        : "; known are the commands' options, such as JOULESTREAM_UP_DATA or JOULESTREAM_DATA";
  }

  private static Collection<String> stripped(Collection<String> names) {
    return names.stream().map(name -> name.substring(Settings.PREFIX.length())).toList();
  }

  private static String upper(String option) {
    return option.replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
