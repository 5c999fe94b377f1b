// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.rights;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/**
 * Rights as commands of Kafka's own {@code kafka-acls.sh}, for installations that keep their access
 * control in a script. Resources with the same operations share a command.
 *
 * @param bootstrap brokers
 * @param configFile of the administrator's client, or null
 * @param principal as {@code User:agent}
 * @param host address that it may come from, or {@code *}
 */
public record AclScript(
    String bootstrap, @Nullable String configFile, String principal, String host) {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=,@%+-]+");

  /** Commands that add the rights, one a line. */
  public List<String> add(Collection<Right> rights) {
    return lines("--add", rights);
  }

  /** Commands that remove them, one a line. */
  public List<String> remove(Collection<Right> rights) {
    return lines("--remove --force", rights);
  }

  private List<String> lines(String action, Collection<Right> rights) {
    return SameOperations.of(rights).stream().map(same -> line(action, same)).toList();
  }

  private String line(String action, SameOperations same) {
    StringBuilder line = new StringBuilder("kafka-acls.sh --bootstrap-server ");
    line.append(quoted(bootstrap));
    if (configFile != null) {
      line.append(" --command-config ").append(quoted(configFile));
    }
    line.append(' ').append(action);
    line.append(" --allow-principal ").append(quoted(principal));
    if (!host.equals("*")) {
      line.append(" --allow-host ").append(quoted(host));
    }
    same.operations().forEach(operation -> line.append(" --operation ").append(word(operation)));
    if (same.pattern() == PatternType.PREFIXED) {
      line.append(" --resource-pattern-type prefixed");
    }
    if (same.type() == ResourceType.CLUSTER) {
      line.append(" --cluster");
    } else {
      String option = " --" + same.typeInWords().replace(' ', '-');
      same.names().forEach(name -> line.append(option).append(' ').append(quoted(name)));
    }
    return line.toString();
  }

  /** As Kafka's tools write it: {@code DescribeConfigs}. */
  static String word(AclOperation operation) {
    StringBuilder word = new StringBuilder();
    for (String piece : operation.name().split("_", -1)) {
      word.append(piece.charAt(0)).append(piece.substring(1).toLowerCase(Locale.ROOT));
    }
    return word.toString();
  }

  /** For a POSIX shell. */
  private static String quoted(String text) {
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
