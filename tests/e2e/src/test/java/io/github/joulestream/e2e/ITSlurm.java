// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobSummary.EndedBy;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Slurm for real on this machine: its controller, a node with two GPUs that are none, our prolog
 * and epilog; jobs of two users, sampled by the agent with this machine's own probes.
 */
class ITSlurm {
  private static final String DAEMONS = "/usr/sbin/";
  private static final String NODE = "node1";

  private final List<Process> daemons = new ArrayList<>();
  // users of the jobs must be able to come here
  private Path folder = Path.of("");
  private Path jobs = Path.of("");
  private Path progress = Path.of("");

  @BeforeEach
  void startSlurm() throws Exception {
    for (String daemon : List.of("munged", "slurmctld", "slurmd")) {
      assumeTrue(
          Files.isExecutable(Path.of(DAEMONS + daemon)),
          () -> "no " + daemon + " here (Debian: slurm-wlm, munge)");
    }
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can run Slurm");
    folder = Files.createTempDirectory(Path.of("/tmp"), "it-slurm-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    jobs = folder.resolve("jobs");
    progress = Files.createDirectory(folder.resolve("progress"));
    assertThat(slurm("mount", "-t", "tmpfs", "-o", "size=1m,mode=0755", "it", progress.toString()))
        .as("mount")
        .isEmpty();

    Path munge = Files.createDirectory(folder.resolve("munge"));
    Files.setPosixFilePermissions(munge, PosixFilePermissions.fromString("rwx------"));
    byte[] key = new byte[128];
    new Random().nextBytes(key);
    Path keyFile = Files.write(munge.resolve("key"), key);
    Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-------"));
    configure();

    daemon(
        "munged",
        "--foreground",
        "--force",
        "--socket=" + folder.resolve("munge.sock"),
        "--key-file=" + keyFile,
        "--pid-file=" + munge.resolve("pid"),
        "--log-file=" + munge.resolve("log"),
        "--seed-file=" + munge.resolve("seed"));
    Await.until("munged listens", () -> Files.exists(folder.resolve("munge.sock")));
    daemon("slurmctld", "-D", "-f", folder.resolve("slurm.conf").toString());
    Await.until("slurmctld answers", () -> slurm("scontrol", "ping").contains("is UP"));
    daemon("slurmd", "-D", "-f", folder.resolve("slurm.conf").toString(), "-N", NODE);
    Await.until("the node is idle", () -> slurm("sinfo", "-h", "-o", "%T").contains("idle"));
  }

  private void configure() throws IOException, InterruptedException {
    for (String name : List.of("state", "spool")) {
      Files.createDirectory(folder.resolve(name));
    }
    // GPUs as Slurm sees them: any device files; these are like /dev/null
    for (int gpu = 0; gpu < 2; gpu++) {
      String made = slurm("mknod", folder.resolve("fake" + gpu).toString(), "c", "1", "3");
      assertThat(made).as("mknod").isEmpty();
    }
    Files.writeString(
        folder.resolve("gres.conf"), "Name=gpu File=%s/fake[0-1]\n".formatted(folder));
    // the plugin 'disabled' exists since 23.02, and before that none was needed
    Files.writeString(
        folder.resolve("cgroup.conf"),
        Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"))
            ? "CgroupPlugin=cgroup/v2\nIgnoreSystemd=yes\n"
            : "CgroupPlugin=cgroup/v1\n");
    Files.writeString(folder.resolve("joulestream"), "JOBS=%s\n".formatted(jobs));
    Path hooks = Path.of("..", "..", "deploy", "slurm").toRealPath();
    for (String hook : List.of("prolog", "epilog")) {
      Path script =
          Files.writeString(
              folder.resolve(hook),
              """
              #!/bin/sh
              JOULESTREAM_SLURM=%1$s/joulestream /bin/sh %2$s/%3$s
              while [ -e %1$s/%3$s.waits ]; do sleep 0.05; done
              """
                  .formatted(folder, hooks, hook));
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Files.writeString(
        folder.resolve("slurm.conf"),
        """
        ClusterName=it
        SlurmctldHost=localhost(127.0.0.1)
        SlurmctldPort=%d
        SlurmUser=root
        SlurmdUser=root
        AuthType=auth/munge
        AuthInfo=socket=%2$s/munge.sock
        CredType=cred/munge
        StateSaveLocation=%2$s/state
        SlurmdSpoolDir=%2$s/spool
        SlurmctldPidFile=%2$s/slurmctld.pid
        SlurmdPidFile=%2$s/slurmd.pid
        SlurmctldLogFile=%2$s/slurmctld.log
        SlurmdLogFile=%2$s/slurmd.log
        ProctrackType=proctrack/linuxproc
        TaskPlugin=task/none
        SelectType=select/cons_tres
        SelectTypeParameters=CR_Core
        PrologFlags=Alloc
        Prolog=%2$s/prolog
        Epilog=%2$s/epilog
        KillWait=2
        ReturnToService=2
        GresTypes=gpu
        NodeName=%3$s NodeHostname=localhost NodeAddr=127.0.0.1 Port=%4$d CPUs=%5$d RealMemory=100 \
        Gres=gpu:2 State=UNKNOWN
        PartitionName=batch Nodes=%3$s Default=YES State=UP MaxTime=INFINITE
        """
            .formatted(
                FreePort.find(),
                folder,
                NODE,
                FreePort.find(),
                Runtime.getRuntime().availableProcessors()));
  }

  private void daemon(String name, String... args) throws IOException {
    List<String> command = new ArrayList<>(List.of(DAEMONS + name));
    command.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".out").toFile());
    builder.environment().put("SLURM_CONF", folder.resolve("slurm.conf").toString());
    daemons.addFirst(builder.start());
  }

  /** What a command prints; it need not succeed. */
  private String slurm(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SLURM_CONF", folder.resolve("slurm.conf").toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return output;
  }

  /** The new job's id. */
  private String sbatch(String user, String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("sbatch", "--parsable", "--uid=" + user, "-D", "/", "-o"));
    command.add("/dev/null");
    command.addAll(List.of(args));
    String id = slurm(command.toArray(String[]::new)).strip();
    assertThat(id).as("sbatch").containsOnlyDigits();
    return id;
  }

  /** A new job's id, that ran and was cancelled. */
  private String cancelled(String gpu, String script) throws Exception {
    String id =
        sbatch(
            "daemon",
            gpu,
            "--wrap",
            "echo done=1 > %s/$SLURM_JOB_ID; %s".formatted(progress, script));
    // for Slurm it is RUNNING before its script is
    Path said = progress.resolve(id);
    Await.until("it runs", () -> Files.exists(said) && Files.size(said) > 0);
    slurm("scancel", id);
    Await.until("it was cancelled", () -> state(id).equals("CANCELLED"));
    return id;
  }

  private String state(String job) throws IOException, InterruptedException {
    return slurm("squeue", "-h", "-t", "all", "-j", job, "-o", "%T").strip();
  }

  @AfterEach
  void stopSlurm() throws Exception {
    for (Process daemon : daemons) {
      List<ProcessHandle> children = daemon.descendants().toList();
      daemon.destroy();
      if (!daemon.waitFor(10, TimeUnit.SECONDS)) {
        daemon.destroyForcibly().waitFor();
      }
      children.forEach(ProcessHandle::destroyForcibly);
    }
    if (!progress.toString().isEmpty()) {
      assertThat(slurm("umount", progress.toString())).as("umount").isEmpty();
    }
    if (!folder.toString().isEmpty()) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  @Test
  void jobsOfSlurm_areInTheStore_withTheirUsersTimesStatesAndEnergy() throws Exception {
    try (Program up =
        Program.start(
            "up", "--simulate", "1", "--no-agent", "--kafka-port", "0", "--store-port", "0")) {
      up.awaitLine("ready after");
      String kafka = found(up, "Kafka  ([0-9.:]+)");
      URI url = URI.create(found(up, "store  (http://[0-9.:]+)"));
      try (Program agent =
              Program.start(
                  "agent",
                  "--kafka",
                  kafka,
                  "--site",
                  "cluster",
                  "--node",
                  NODE,
                  "--interval",
                  "200ms",
                  "--jobs",
                  jobs.toString(),
                  "--job-state-file",
                  folder.resolve("held").toString(),
                  "--spool",
                  folder.resolve("unsent").toString());
          QuestDbReader store = new QuestDbReader(url)) {
        agent.awaitLine("jobs in " + jobs);
        String done =
            sbatch(
                "nobody",
                "-A",
                "physics",
                "-J",
                "my | job",
                "--gres=gpu:1",
                "--wrap",
                "printf 'done=120\\nunit=steps\\n' > %s/$SLURM_JOB_ID; sleep 4"
                    .formatted(progress));
        String failed = sbatch("daemon", "-A", "biology", "--wrap", "sleep 2; exit 3");
        Await.until("it failed", () -> state(failed).equals("FAILED"));
        Await.until("the first is done", () -> state(done).equals("COMPLETED"));
        // one dies of the signal, the other catches it and exits with a code
        String killed = cancelled("--gres=gpu:1", "exec sleep 600");
        String caught = cancelled("--gres=gpu:1", "trap 'exit 3' TERM; sleep 600 & wait");
        Path waits = Files.createFile(folder.resolve("prolog.waits"));
        String unborn = sbatch("daemon", "--wrap", "exit 0");
        Await.until("its prolog has begun", () -> Files.exists(jobs.resolve(unborn)));
        slurm("scancel", unborn);
        Files.delete(waits);
        Await.until("it was cancelled", () -> state(unborn).equals("CANCELLED"));

        // what this machine's memory draws does not depend on whose job it is
        double watts = Double.parseDouble(found(agent, "memory, modelled as ([0-9.]+) W"));
        assertJob(store, done, "nobody", JobState.COMPLETED, watts);
        assertJob(store, failed, "daemon", JobState.FAILED, watts);
        assertJob(store, killed, "daemon", JobState.CANCELLED, watts);
        assertJob(store, caught, "daemon", JobState.CANCELLED, watts);
        assertThat(jobs.resolve(unborn)).content().contains("state=cancelled\n");
        if (!Files.exists(Path.of("/dev/nvidia0"))) {
          assertThat(Files.readString(jobs.resolve(done))).contains("gpus=0\n");
          assertThat(agent.output())
              .contains("Job %s has GPU '0', which no probe of this node knows".formatted(done));
          assertThat(job(store, done).totals().get(JobAmount.GPU_MILLIJOULES)).isZero();
        }
        JobSummary first = job(store, done);
        assertThat(first.details().project()).isEqualTo("physics");
        assertThat(first.details().name()).isEqualTo("my | job");
        assertThat(first.details().partition()).isEqualTo("batch");
        assertThat(first.work().amount()).isEqualTo(120);
        assertThat(first.details().labels()).containsEntry("cluster", "it");
        assertThat(job(store, failed).details().project()).isEqualTo("biology");
        assertThat(agent.isAlive()).as(agent.output()).isTrue();
      }
      up.interrupt();
      up.await();
      assertThat(up.output()).contains("difference 0 mJ");
    }
  }

  private static String found(Program up, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(up.output());
    assertThat(matcher.find()).as(up.output()).isTrue();
    return matcher.group(1);
  }

  private static JobSummary job(QuestDbReader store, String id) {
    return store.jobSummaries().stream()
        .filter(job -> job.site().equals("cluster") && job.job().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no job " + id));
  }

  /** In the store, with the energy of its share of this machine's memory over its time. */
  private void assertJob(
      QuestDbReader store, String id, String user, JobState state, double memoryWatts)
      throws Exception {
    Await.until(
        "job %s is in the store as %s, with all of its energy".formatted(id, state),
        Duration.ofSeconds(40),
        () ->
            store.jobSummaries().stream()
                .anyMatch(job ->
                    job.job().equals(id)
                        && job.state() == state
                        && job.endedBy() == EndedBy.SCHEDULER
                        && job.totals().get(JobAmount.ESTIMATED_MILLIJOULES) == 0
                        && Math.abs(memoryWatts(job) - memoryWatts) < memoryWatts / 10),
        () -> "%s W of memory; %s".formatted(memoryWatts, store.jobSummaries()));
    JobSummary job = job(store, id);
    assertThat(job.details().user()).isEqualTo(user);
    Times times = times(id);
    // as prolog and epilog wrote them, which run after Slurm's own times, in whole seconds
    long start = millisInFile(id, "start");
    long end = millisInFile(id, "end");
    assertThat(job.times().startEpochMillis()).isEqualTo(start).isGreaterThanOrEqualTo(times.start);
    assertThat(job.times().endEpochMillis()).isEqualTo(end).isGreaterThanOrEqualTo(times.end);
    assertThat(start).isLessThan(times.end + 1_000);
    assertThat(job.totals().get(JobAmount.TOTAL_MILLIJOULES))
        .isGreaterThanOrEqualTo(job.totals().get(JobAmount.MEMORY_MILLIJOULES));
  }

  private long millisInFile(String id, String key) throws IOException {
    return Files.readAllLines(jobs.resolve(id)).stream()
        .filter(line -> line.startsWith(key + "="))
        .mapToLong(line -> Long.parseLong(line.substring(key.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no %s of job %s".formatted(key, id)));
  }

  /** What all of the memory draws, as it had one processor and that part of the memory. */
  private static double memoryWatts(JobSummary job) {
    long millis = job.times().endEpochMillis() - job.times().startEpochMillis();
    return job.totals().get(JobAmount.MEMORY_MILLIJOULES)
        / (double) millis
        * Runtime.getRuntime().availableProcessors();
  }

  /** What Slurm says, Unix epoch, ms. */
  private record Times(long start, long end) {}

  private Times times(String job) throws IOException, InterruptedException {
    Matcher found =
        Pattern.compile("StartTime=(\\S+) EndTime=(\\S+)")
            .matcher(slurm("scontrol", "-o", "show", "job", job));
    assertThat(found.find()).isTrue();
    return new Times(millis(found.group(1)), millis(found.group(2)));
  }

  private static long millis(String local) {
    return LocalDateTime.parse(local).atZone(ZoneId.systemDefault()).toInstant().toEpochMilli();
  }
}
