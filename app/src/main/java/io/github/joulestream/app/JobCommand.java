// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.KeyFileOption;
import io.github.joulestream.cli.Times;
import io.github.joulestream.producers.agent.NodeAgent;
import io.github.joulestream.producers.jobs.JobDirectory;
import io.github.joulestream.producers.jobs.JobFile;
import io.github.joulestream.producers.publish.KafkaPublisher;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.AllocationEvent.Action;
import io.github.joulestream.schemas.AllocationEvent.Reporter;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeShares;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Jobs by hand or from a script, where no scheduler reports them. */
@Command(
    name = "job",
    description =
        "Report the start, progress or end of a job, show its nodes, or remove its user, name and labels.",
    synopsisSubcommandLabel = "(start | progress | end | show | forget)",
    subcommands = {
      JobCommand.Start.class,
      JobCommand.Progress.class,
      JobCommand.End.class,
      JobShow.class,
      JobForget.class
    },
    footer = {
      "",
      "With --dir the job is written to the directory of jobs of this node's agent, which publishes it:",
      "no access to Kafka is needed, and GPUs may be named in any way. Without it, this command",
      "publishes it to Kafka.",
      "",
      "  joulestream job start run-7 --user ada --gpus 0,1 --dir",
      "  joulestream job progress run-7 --done 1200 --unit tokens --dir",
      "  joulestream job end run-7 --dir"
    })
final class JobCommand extends CommandGroup {
  private static final Set<String> SHARES = Set.of("memory", "storage", "cpu", "node");
  private static final int WHOLE = 10_000;
  // an agent marks the folder as read once a minute
  private static final Duration UNREAD = Duration.ofMinutes(3);

  /** Options of all of them: the job, and where it is reported. */
  static final class Target {
    @Parameters(index = "0", paramLabel = "JOB", description = "The job, unique in its site.")
    String job = "";

    @Option(
        names = "--dir",
        paramLabel = "DIR",
        arity = "0..1",
        fallbackValue = "/run/joulestream/jobs",
        description = "Report to this node's agent, by its directory of jobs (${FALLBACK-VALUE}).")
    @Nullable Path directory;

    @Option(
        names = "--at",
        paramLabel = "TIME",
        description = "When: 2026-01-31T12:00:00Z, or 5m ago (default: now).")
    @Nullable String at;

    @Option(
        names = "--site",
        paramLabel = "NAME",
        defaultValue = "local",
        description = "Site of the job, without --dir (default: ${DEFAULT-VALUE}).")
    String site = "";

    @Option(
        names = "--node",
        paramLabel = "NAME",
        description = "Node, without --dir (default: this machine's name).")
    @Nullable String node;

    @Mixin KeyFileOption key = new KeyFileOption();
    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    long epochMillis() {
      long now = EpochClock.system().epochMillis();
      return at == null ? now : Times.parse(at, now);
    }

    String node() {
      return node != null ? node : NodeAgent.hostName();
    }

    /** Puts values into the job's file. */
    void put(Path into, Map<String, String> values) {
      try {
        if (into.equals(JobDirectory.DEFAULT)) {
          Files.createDirectories(into);
        }
        JobFile.put(into, job, values);
      } catch (IOException e) {
        throw new UserError(
            "cannot write the job's file into %s: %s; give a directory that exists and is yours,"
                    .formatted(into, e)
                + " and start the agent with --jobs of the same",
            e);
      }
    }

    /** Refuses a job that has no file: it was not started on this node. */
    void requireFile(Path in) {
      try {
        if (JobFile.get(in, job).isEmpty()) {
          throw new UserError(
              "%s knows no job '%s'; start it first, or give --dir of where it was started"
                  .formatted(in, job));
        }
      } catch (IOException e) {
        throw new UserError("cannot read the job's file in " + in, e);
      }
    }

    /** Refuses a job without records: a mistyped id would make a new job. */
    void requireJob() {
      String key = Keys.job(site, job);
      boolean known =
          isThere(Topic.JOBS, key, WireSerdes.jobs())
              || isThere(Topic.JOB_SUMMARY, key, WireSerdes.jobSummaries());
      if (!known) {
        throw new UserError(
            "no job '%s' of site %s is known; give --site and the job as at its start, or --force to publish it anyway"
                .formatted(job, site));
      }
    }

    private <T> boolean isThere(Topic topic, String key, Serde<T> serde) {
      return LatestRecords.find(topic, key, serde.deserializer(), kafka.clients()).isPresent();
    }

    /** Refuses a node that no agent reports: no energy of it would ever be booked. */
    void requireNode(String otherwise) {
      if (!isThere(Topic.NODES, Keys.node(site, node()), WireSerdes.nodes())) {
        throw new UserError(
            "no node %s of site %s has reported; %s. Give --site and --node as its agent has them, or %s"
                .formatted(node(), site, KnownNodes.read(kafka).sites(), otherwise));
      }
    }

    /** Warns if no agent reads the directory, as far as that can be known. */
    void warnIfUnread(Path into, PrintWriter err) {
      if (JobDirectory.readWithin(into, UNREAD, EpochClock.system().epochMillis())) {
        return;
      }
      err.printf(
          "joulestream: warning: no agent has looked into %s within the last %d min, so the job is not published yet;"
              + " start one on this node: joulestream agent --jobs %s%n",
          into, UNREAD.toMinutes(), into);
      err.flush();
    }

    /** Publishes, and waits until Kafka has acknowledged; {@link #kafka} was joined. */
    void publish(Consumer<KafkaPublisher> what) throws Exception {
      try (KafkaPublisher publisher =
          KafkaPublisher.connect(kafka.clients(), "joulestream-job", key.ofNode(site, node()))) {
        try {
          what.accept(publisher);
        } catch (IllegalArgumentException e) {
          throw new UserError(String.valueOf(e.getMessage()), e);
        }
        publisher.flush();
      }
    }
  }

  @Command(
      name = "start",
      sortOptions = false,
      description = "Report the start of a job, which holds these devices of a node from then on.")
  static final class Start implements Callable<Integer> {
    @Mixin Target target = new Target();

    @Option(names = "--user", defaultValue = "", description = "User who runs it.")
    String user = "";

    @Option(names = "--account", defaultValue = "", description = "Project or account that pays.")
    String account = "";

    @Option(names = "--partition", defaultValue = "", description = "Queue.")
    String partition = "";

    @Option(names = "--name", defaultValue = "", description = "Name of the job.")
    String name = "";

    @Option(
        names = "--gpus",
        paramLabel = "GPU",
        split = ",",
        arity = "0..1",
        fallbackValue = "",
        description =
            "Its GPUs: with --dir indices, UUIDs or device files, without it the agent's ids of"
                + " them; empty for none. Without --gpus and --share it has all of the node.")
    @Nullable List<String> gpus;

    @Option(
        names = "--node-gpus",
        paramLabel = "N",
        defaultValue = "0",
        description =
            "GPUs that the node has, without --dir: the job's share of them is its share of memory,"
                + " drives and processors.")
    int nodeGpus;

    @Option(
        names = "--share",
        paramLabel = "WHAT=SHARE",
        split = ",",
        description =
            "Its share, 0 to 1, of the node's memory, storage, cpu, or of the node's meter.")
    Map<String, Double> shares = new LinkedHashMap<>();

    @Option(
        names = "--label",
        paramLabel = "K=V",
        description = "A label of the job; may be repeated.")
    Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--nodes", defaultValue = "0", description = "Nodes that it has, if known.")
    int nodes;

    @Option(
        names = "--new-node",
        description = "The node has not reported yet, and will; without --dir.")
    boolean newNode;

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
      shares.forEach((what, share) -> {
        if (!SHARES.contains(what) || !(share >= 0 && share <= 1)) {
          throw UserError.usage(
              "--share takes memory, storage, cpu or node and a share from 0 to 1, not %s=%s"
                  .formatted(what, share));
        }
      });
      Path directory = target.directory;
      if (directory != null) {
        target.put(directory, values());
        target.warnIfUnread(directory, spec.commandLine().getErr());
      } else {
        target.kafka.join();
        if (!newNode) {
          target.requireNode("--new-node if its agent comes later");
        }
        target.publish(publisher -> {
          publisher.publish(hold());
          publisher.publish(record());
        });
      }
      return 0;
    }

    private Map<String, String> values() {
      Map<String, String> values = new LinkedHashMap<>();
      values.put("user", user);
      values.put("account", account);
      values.put("partition", partition);
      values.put("name", name);
      if (gpus != null) {
        values.put("gpus", String.join(",", gpus));
      }
      shares.forEach((what, share) -> values.put(what + "_share", Double.toString(share)));
      labels.forEach((key, value) -> values.put("label." + key, value));
      values.put("nodes", Integer.toString(nodes));
      values.put("start", Long.toString(target.epochMillis()));
      values.put("end", "");
      values.put("state", "");
      values.put("done", "");
      return values;
    }

    private AllocationEvent hold() {
      List<DeviceShare> devices = new ArrayList<>();
      for (String gpu : gpus == null ? List.<String>of() : gpus) {
        if (!gpu.isBlank()) {
          devices.add(DeviceShare.whole(gpu));
        }
      }
      int rest = gpus == null && shares.isEmpty() ? WHOLE : NodeShares.BY_GPUS;
      return new AllocationEvent(
          target.site,
          target.node(),
          target.job,
          Action.HOLD,
          target.epochMillis(),
          devices,
          new NodeShares(
              share("memory", rest),
              share("storage", rest),
              share("cpu", rest),
              share("node", rest)),
          nodeGpus,
          Reporter.HOOK);
    }

    private int share(String what, int otherwise) {
      Double share = shares.get(what);
      return share == null ? otherwise : (int) Math.round(share * WHOLE);
    }

    private JobRecord record() {
      return new JobRecord(
          target.site,
          target.job,
          new JobDetails(user, account, name, partition, new HashMap<>(labels)),
          JobSpan.openSince(target.epochMillis()),
          JobState.RUNNING,
          JobWork.NONE,
          nodes);
    }
  }

  @Command(
      name = "progress",
      sortOptions = false,
      description = "Report the work that a job has done since its start.")
  static final class Progress implements Callable<Integer> {
    @Mixin Target target = new Target();

    @Option(names = "--done", required = true, description = "Work done since the start.")
    double done;

    @Option(names = "--unit", required = true, description = "Its unit: tokens, samples, steps.")
    String unit = "";

    @Option(names = "--force", description = "Also for a job without records; without --dir.")
    boolean force;

    @Override
    public Integer call() throws Exception {
      if (!(done >= 0) || Double.isInfinite(done)) {
        throw UserError.usage("--done is an amount of work, not " + done);
      }
      Path directory = target.directory;
      if (directory != null) {
        target.requireFile(directory);
        target.put(directory, Map.of("done", Double.toString(done), "unit", unit));
      } else {
        target.kafka.join();
        if (!force) {
          target.requireJob();
        }
        target.publish(publisher ->
            publisher.publish(changes(target, JobSpan.OPEN, JobState.UNKNOWN, done, unit)));
      }
      return 0;
    }
  }

  @Command(
      name = "end",
      sortOptions = false,
      description = "Report the end of a job; it releases its devices of a node.")
  static final class End implements Callable<Integer> {
    @Mixin Target target = new Target();

    /** How jobs end. */
    enum Ended {
      COMPLETED,
      FAILED,
      CANCELLED,
      TIMEOUT
    }

    @Option(
        names = "--state",
        defaultValue = "completed",
        description = "How: completed, failed, cancelled, timeout (default: ${DEFAULT-VALUE}).")
    Ended state = Ended.COMPLETED;

    @Option(
        names = "--force",
        description = "Also for a job or a node without records; without --dir.")
    boolean force;

    @Override
    public Integer call() throws Exception {
      long end = target.epochMillis();
      Path directory = target.directory;
      if (directory != null) {
        target.requireFile(directory);
        target.put(
            directory,
            Map.of("end", Long.toString(end), "state", state.name().toLowerCase(Locale.ROOT)));
      } else {
        target.kafka.join();
        if (!force) {
          target.requireJob();
          target.requireNode("--force to publish it anyway");
        }
        target.publish(publisher -> {
          publisher.publish(AllocationEvent.release(target.site, target.node(), target.job, end));
          publisher.publish(changes(target, end, JobState.valueOf(state.name()), 0, ""));
        });
      }
      return 0;
    }
  }

  /** A record with these changes, which leaves all other fields as they were. */
  private static JobRecord changes(
      Target target, long end, JobState state, double work, String workUnit) {
    return new JobRecord(
        target.site,
        target.job,
        JobDetails.NONE,
        new JobSpan(JobSpan.UNKNOWN, end),
        state,
        new JobWork(work, workUnit),
        0);
  }
}
