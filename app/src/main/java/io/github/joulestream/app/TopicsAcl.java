// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.app.rights.AclScript;
import io.github.joulestream.app.rights.Part;
import io.github.joulestream.app.rights.Right;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import io.github.joulestream.runtime.UserError;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The rights of each part, printed, given, taken back or compared with a cluster's. */
@Command(
    name = "acl",
    sortOptions = false,
    description =
        "Print the least rights that a part needs in Kafka as commands of kafka-acls.sh, or give"
            + " them to a principal; without --part, list the parts.",
    footer = {
      "",
      "--apply, --remove and --check need Alter and Describe of the cluster. A part may have several",
      "principals, as the agents of many nodes, and a principal several parts.",
      "",
      "  joulestream topics acl --part agent --principal User:agent > agent-rights.sh",
      "  joulestream topics acl --part streams --principal User:streams --apply"
    })
final class TopicsAcl implements Callable<Integer> {
  @Option(
      names = "--part",
      paramLabel = "PART",
      split = ",",
      description = "Whose rights: agent, streams, ...; several with commas.")
  List<String> labels = new ArrayList<>();

  @Option(
      names = "--principal",
      paramLabel = "TYPE:NAME",
      description = "Who gets them, as the broker names it: User:agent.")
  @Nullable String principal;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "*",
      description = "The only address that it may come from (default: any).")
  String host = "*";

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      split = ",",
      description = "Of slurm-jobs: topics that Slurm's plugin writes to.")
  List<String> topics = new ArrayList<>();

  /** What is done, other than to print the commands. */
  static final class Action {
    @Option(names = "--apply", description = "Give the rights.")
    boolean apply;

    @Option(names = "--remove", description = "Take the rights back.")
    boolean remove;

    @Option(
        names = "--check",
        description =
            "Show rights that are missing, and those that are not needed; the exit status is 1 if"
                + " there are any.")
    boolean check;
  }

  @ArgGroup @Nullable Action action;

  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (labels.isEmpty()) {
      if (action != null) {
        throw UserError.usage("whose rights? give --part and --principal");
      }
      list().lines().forEach(out::println);
      return 0;
    }
    SequencedSet<Right> rights = rights();
    String who = principal();
    Action what = action == null ? new Action() : action;
    if (what.apply) {
      apply(bindings(rights, who));
      out.printf("%s has the rights of %s: %d%n", who, parts(), rights.size());
    } else if (what.remove) {
      int removed = remove(bindings(rights, who));
      out.printf("%s has no rights of %s any more: %d removed%n", who, parts(), removed);
    } else if (what.check) {
      return check(rights, who, out);
    } else {
      print(rights, who, out);
    }
    return 0;
  }

  private static TextTable list() {
    TextTable table =
        new TextTable(Column.left("part"), Column.right("rights"), Column.left("what it is"));
    Stream.of(Part.values())
        .forEach(part ->
            table.row(
                part.label(),
                Integer.toString(part.rights().size()),
                "%s: %s".formatted(part.words(), String.join(", ", part.commands()))));
    return table;
  }

  private String parts() {
    return String.join(", ", labels);
  }

  private SequencedSet<Right> rights() {
    SequencedSet<Right> rights = new LinkedHashSet<>();
    boolean ofSlurm = false;
    for (String label : labels) {
      Part part =
          Part.of(label)
              .orElseThrow(() ->
                  UserError.usage(
                      "there is no part '%s'; there are %s"
                          .formatted(
                              label,
                              Stream.of(Part.values())
                                  .map(Part::label)
                                  .collect(Collectors.joining(", ")))));
      boolean reads = part == Part.SLURM_JOBS;
      ofSlurm |= reads;
      rights.addAll(part.rights(reads ? topics : List.of()));
    }
    if (ofSlurm == topics.isEmpty()) {
      throw UserError.usage(
          "--topic, with the topics that Slurm's plugin writes to, goes with --part %s, and only with it"
              .formatted(Part.SLURM_JOBS.label()));
    }
    return rights;
  }

  private String principal() {
    String who = principal;
    if (who == null || who.indexOf(':') < 1 || who.endsWith(":")) {
      throw UserError.usage(
          "--principal must name who gets the rights, as User:agent; the broker's log has the names of those it refuses");
    }
    return who;
  }

  private Collection<AclBinding> bindings(Collection<Right> rights, String who) {
    return rights.stream().map(right -> right.binding(who, host)).toList();
  }

  private void print(Collection<Right> rights, String who, PrintWriter out) {
    String file = kafka.configFile() == null ? null : kafka.configFile().toString();
    new AclScript(kafka.bootstrap(), file, who, host).add(rights).forEach(out::println);
  }

  private void apply(Collection<AclBinding> bindings)
      throws ExecutionException, InterruptedException {
    try (Admin admin = kafka.admin()) {
      get(admin.createAcls(bindings).all());
    }
  }

  private int remove(Collection<AclBinding> bindings)
      throws ExecutionException, InterruptedException {
    try (Admin admin = kafka.admin()) {
      return get(admin.deleteAcls(bindings.stream().map(AclBinding::toFilter).toList()).all())
          .size();
    }
  }

  private int check(SequencedSet<Right> rights, String who, PrintWriter out)
      throws ExecutionException, InterruptedException {
    Set<Right> given;
    try (Admin admin = kafka.admin()) {
      AclBindingFilter ofPrincipal =
          new AclBindingFilter(
              ResourcePatternFilter.ANY,
              new AccessControlEntryFilter(who, host, AclOperation.ANY, AclPermissionType.ALLOW));
      given =
          get(admin.describeAcls(ofPrincipal).values()).stream()
              .map(Right::of)
              .collect(Collectors.toCollection(LinkedHashSet::new));
    }
    List<String> differences = new ArrayList<>();
    rights.stream()
        .filter(right -> !given.contains(right))
        .forEach(right -> differences.add("missing: " + right));
    given.stream()
        .filter(right -> !rights.contains(right))
        .map(right -> "not needed: " + right)
        .sorted()
        .forEach(differences::add);
    if (differences.isEmpty()) {
      out.printf("%s has the rights of %s and no others: %d%n", who, parts(), rights.size());
      return 0;
    }
    differences.forEach(out::println);
    return 1;
  }

  private <T> T get(KafkaFuture<T> answer) throws ExecutionException, InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SecurityDisabledException) {
        throw new UserError(
            "Kafka at %s gives everybody all rights; set authorizer.class.name of its brokers and controllers (docs/acl.md)"
                .formatted(kafka.bootstrap()),
            e);
      }
      throw e;
    }
  }
}
