// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.joulestream.producers.command.AgentMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is in deploy: scripts that run, a unit and manifests that are what they say. */
class DeployTest {
  private static final Path DEPLOY = Path.of("..", "..", "deploy");

  @TempDir Path folder;

  /** Runs a program; its output, after its exit status. */
  private static Map.Entry<Integer, String> run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return Map.entry(process.waitFor(), output);
  }

  private static boolean there(String program) {
    return Files.isExecutable(Path.of("/usr/bin", program));
  }

  private String hook(String name, Map<String, String> environment) throws Exception {
    Path settings = folder.resolve("settings");
    if (!Files.exists(settings)) {
      Files.writeString(settings, "JOBS=%s/jobs\nASK=no\nNODE_CPUS=8\n".formatted(folder));
    }
    Map<String, String> all = new HashMap<>(environment);
    all.put("JOULESTREAM_SLURM", settings.toString());
    Map.Entry<Integer, String> done =
        run(all, "/bin/sh", DEPLOY.resolve("slurm").resolve(name).toString());
    assertThat(done.getKey()).as(done.getValue()).isZero();
    Path file = folder.resolve("jobs").resolve(environment.getOrDefault("SLURM_JOB_ID", "none"));
    return Files.exists(file) ? Files.readString(file) : "";
  }

  @Test
  void prologAndEpilog_sayTheSameWhenTheyRunTwice() throws Exception {
    Map<String, String> job =
        Map.of(
            "SLURM_JOB_ID", "17",
            "SLURM_JOB_USER", "ada",
            "SLURM_JOB_ACCOUNT", "physics\u0007",
            "SLURM_JOB_PARTITION", "gpu",
            "SLURM_JOB_NAME", "one\nuser=root",
            "SLURM_JOB_GPUS", "0,MIG-5",
            "SLURM_JOB_CPUS_PER_NODE", "2(x2),1",
            "SLURM_JOB_UID", "0",
            "SLURMD_NODENAME", "n1");
    String first = hook("prolog", job);
    assertThat(first)
        .contains("job=17\n", "user=ada\n", "account=physics\n", "partition=gpu\n")
        .contains("name=oneuser=root\n", "cpu_share=0.2500\n", "MIG-5\n")
        .containsPattern("start=\\d{13}\n")
        .doesNotContain("lead", "end=");
    assertThat(hook("prolog", job)).isEqualTo(first);

    String ended = hook("epilog", job);
    assertThat(ended).startsWith(first).containsPattern("end=\\d{13}\n$");
    assertThat(hook("epilog", job)).isEqualTo(ended);
    // the job again, after it was requeued
    assertThat(hook("prolog", job)).doesNotContain("end=");
    assertThat(folder.resolve("jobs").toFile().list()).containsExactly("17");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Slurm counts instances and GPUs in one row
        "0    | MIG-1,MIG-2  |              | MIG-1,MIG-2",
        "2    | GPU-1        |              | GPU-1",
        "2    | MIG-GPU-1/7/0 |             | MIG-GPU-1/7/0",
        "1    |              | GPU-12ab     | GPU-12ab",
        "5000 | 5000         |              | 5000",
        "5001 | MIG-1,5001   |              | 5001",
        "     | NoDevFiles   |              |",
      })
  void theProlog_namesGpusByTheirUuids_whereSlurmTellsThem(
      @Nullable String numbers, @Nullable String cuda, @Nullable String rocr, @Nullable String told)
      throws Exception {
    Map<String, String> job = new HashMap<>(Map.of("SLURM_JOB_ID", "17", "SLURM_JOB_USER", "ada"));
    job.put("SLURM_JOB_GPUS", Objects.requireNonNullElse(numbers, ""));
    job.put("CUDA_VISIBLE_DEVICES", Objects.requireNonNullElse(cuda, ""));
    job.put("ROCR_VISIBLE_DEVICES", Objects.requireNonNullElse(rocr, ""));
    assertThat(hook("prolog", job)).contains("gpus=" + Objects.requireNonNullElse(told, "") + "\n");
  }

  @Test
  void prologAndEpilog_neverFail() throws Exception {
    assertThat(hook("prolog", Map.of())).isEmpty();
    assertThat(hook("epilog", Map.of("SLURM_JOB_ID", "../../etc/passwd"))).isEmpty();
    // no prolog ran
    assertThat(hook("epilog", Map.of("SLURM_JOB_ID", "5"))).contains("job=5\n", "end=");
    Files.writeString(folder.resolve("settings"), "JOBS=/proc/nothing\nASK=no\n");
    assertThat(hook("prolog", Map.of("SLURM_JOB_ID", "6"))).isEmpty();
    assertThat(hook("epilog", Map.of("SLURM_JOB_ID", "6"))).isEmpty();
    Files.writeString(folder.resolve("settings"), "syntax ( error\n");
    hook("prolog", Map.of("SLURM_JOB_ID", "7"));
  }

  @Test
  void scripts_passShellcheck() throws Exception {
    assumeTrue(there("shellcheck"), "no shellcheck here");
    for (String script :
        List.of("slurm/prolog", "slurm/epilog", "systemd/joulestream-report-mail")) {
      Path file = DEPLOY.resolve(script);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rwxr-xr-x");
      Map.Entry<Integer, String> checked = run(Map.of(), "/usr/bin/shellcheck", file.toString());
      assertThat(checked.getKey()).as(checked.getValue()).isZero();
    }
  }

  @Test
  void theUnit_isOne_andItsSandboxIsTight() throws Exception {
    assumeTrue(there("systemd-analyze"), "no systemd-analyze here");
    // the java that it names is not here
    Path unit =
        Files.writeString(
            folder.resolve("joulestream-agent.service"),
            Files.readString(DEPLOY.resolve("systemd").resolve("joulestream-agent.service"))
                .replace("/opt/joulestream/java/bin/java", "/bin/true"));
    Map.Entry<Integer, String> verified =
        run(Map.of(), "/usr/bin/systemd-analyze", "verify", "--man=no", unit.toString());
    assertThat(verified.getKey()).as(verified.getValue()).isZero();
    assertThat(verified.getValue()).doesNotContain(unit.getFileName().toString());
    Map.Entry<Integer, String> rated =
        run(
            Map.of(),
            "/usr/bin/systemd-analyze",
            "security",
            "--offline=true",
            "--threshold=25",
            unit.toString());
    assertThat(rated.getKey()).as(rated.getValue()).isZero();
    assertOptionsExist(
        Files.readString(unit)
            .replace("\\\n", " ")
            .replaceAll("(?s).*-jar \\S*agent\\.jar", "")
            .lines()
            .findFirst()
            .orElseThrow());
  }

  /** Whoever has the agent's account must not become root by a folder that root writes to. */
  @Test
  void whatRootWritesTo_isRoots_andWhatServicesWrite_isTheirsAlone() throws Exception {
    Path systemd = DEPLOY.resolve("systemd");
    assertThat(systemd.resolve("joulestream.tmpfiles"))
        .content()
        .contains(
            "d /run/joulestream 0755 root root -",
            "d /run/joulestream/jobs 0755 root root -",
            "d /run/joulestream/progress 0755 root root -",
            "d /run/joulestream/agent 0755 joulestream joulestream -");
    assertThat(systemd.resolve("joulestream-agent.service"))
        .content()
        .contains("RuntimeDirectory=joulestream/agent\n");
    for (String unit : List.of("agent", "report", "serve")) {
      String text = Files.readString(systemd.resolve("joulestream-%s.service".formatted(unit)));
      assertThat(text).as(unit).contains("UMask=0077\n");
      if (text.contains("StateDirectory=")) {
        assertThat(text).as(unit).contains("StateDirectoryMode=0700\n");
      }
    }
  }

  @Test
  void theTimerOfReports_isOne_andItsCommandExists() throws Exception {
    Path systemd = DEPLOY.resolve("systemd");
    String service = Files.readString(systemd.resolve("joulestream-report.service"));
    try (Program help = Program.start("report", "--help")) {
      help.await();
      Matcher option =
          Pattern.compile("(?s)Main \\\\\\n  report director (.*?)\\nExecStart").matcher(service);
      assertThat(option.find()).isTrue();
      Matcher names = Pattern.compile("--[a-z-]+").matcher(option.group(1));
      while (names.find()) {
        assertThat(help.output()).contains(names.group());
      }
    }
    assumeTrue(there("systemd-analyze"), "no systemd-analyze here");
    // the programs that it names are not here
    Path unit =
        Files.writeString(
            folder.resolve("joulestream-report.service"),
            service
                .replace("/opt/joulestream/java/bin/java", "/bin/true")
                .replace("/opt/joulestream/joulestream-report-mail", "/bin/true"));
    Path timer =
        Files.copy(
            systemd.resolve("joulestream-report.timer"),
            folder.resolve("joulestream-report.timer"));
    Map.Entry<Integer, String> verified =
        run(
            Map.of(),
            "/usr/bin/systemd-analyze",
            "verify",
            "--man=no",
            unit.toString(),
            timer.toString());
    assertThat(verified.getKey()).as(verified.getValue()).isZero();
    assertThat(verified.getValue()).doesNotContain("joulestream-report");
  }

  @Test
  void aReport_isMailedWhole_andNothingIsSentIfItCannotBeRead() throws Exception {
    byte[] bytes = new byte[100_000];
    new Random(7).nextBytes(bytes);
    Path report = Files.write(folder.resolve("last month.pdf"), bytes);
    Path sent = folder.resolve("sent");
    Path sendmail =
        Files.writeString(
            folder.resolve("sendmail"),
            "#!/bin/sh\necho \"$@\" >%s\ncat >>%s\n".formatted(sent, sent));
    Files.setPosixFilePermissions(sendmail, PosixFilePermissions.fromString("rwxr-xr-x"));
    Map<String, String> settings =
        Map.of(
            "PATH", "/usr/bin:/bin",
            "SENDMAIL", sendmail.toString(),
            "REPORT_TO", "director@example.org",
            "REPORT_FROM", "energy@example.org\nBcc: all@example.org");
    String script = DEPLOY.resolve("systemd").resolve("joulestream-report-mail").toString();
    Map.Entry<Integer, String> done = run(settings, script, report.toString(), "Energy\nX: y");
    assertThat(done.getKey()).as(done.getValue()).isZero();
    List<String> lines = Files.readAllLines(sent);
    assertThat(lines)
        .startsWith(
            "-t -oi",
            "From: energy@example.orgBcc: all@example.org",
            "To: director@example.org",
            "Subject: EnergyX: y",
            "MIME-Version: 1.0")
        .contains("Content-Type: application/pdf")
        .contains("Content-Disposition: attachment; filename=\"last_month.pdf\"");
    String attached = String.join("", lines.subList(lines.lastIndexOf("") + 1, lines.size() - 1));
    assertThat(Base64.getDecoder().decode(attached)).isEqualTo(bytes);
    String boundary = lines.getLast().replaceFirst("--$", "");
    assertThat(lines.stream().filter(boundary::equals)).hasSize(2);

    Files.delete(sent);
    assertThat(run(settings, script, folder.resolve("absent.pdf").toString(), "x").getKey())
        .isNotZero();
    assertThat(sent).doesNotExist();
  }

  @Test
  void theManifest_isOfKnownKinds_andItsPartsFit() throws Exception {
    List<JsonNode> documents = kubernetes("agent.yaml");
    assertThat(documents.stream().map(document -> document.path("kind").asText()))
        .contains("Namespace", "DaemonSet");
    for (JsonNode document : documents) {
      assertThat(document.path("apiVersion").asText()).isNotEmpty();
      assertThat(document.at("/metadata/name").asText()).startsWith("joulestream");
    }
    JsonNode set = of("DaemonSet", documents);
    assertThat(set.at("/spec/selector/matchLabels"))
        .isEqualTo(set.at("/spec/template/metadata/labels"));
    JsonNode pod = set.at("/spec/template/spec");
    Set<String> volumes = new HashSet<>();
    pod.path("volumes").forEach(volume -> volumes.add(volume.path("name").asText()));
    JsonNode container = pod.at("/containers/0");
    Set<String> mounts = new HashSet<>();
    container.path("volumeMounts").forEach(mount -> mounts.add(mount.path("name").asText()));
    assertThat(mounts).isEqualTo(volumes);
    List<String> args = new ArrayList<>();
    container.path("args").forEach(arg -> args.add(arg.asText()));
    assertThat(container.path("command").path(0).asText()).endsWith("/java");
    assertThat(container.path("command").valueStream().map(JsonNode::asText))
        .containsSubsequence("@/opt/joulestream/agent.jvm", "-jar", "/opt/joulestream/agent.jar");
    assertOptionsExist(String.join(" ", args));
  }

  private static List<JsonNode> kubernetes(String file) throws IOException {
    List<JsonNode> documents = new ArrayList<>();
    try (MappingIterator<JsonNode> all =
        new YAMLMapper()
            .readerFor(JsonNode.class)
            .readValues(DEPLOY.resolve("kubernetes").resolve(file).toFile())) {
      all.forEachRemaining(documents::add);
    }
    return documents;
  }

  private static JsonNode of(String kind, List<JsonNode> documents) {
    List<JsonNode> found =
        documents.stream().filter(document -> document.path("kind").asText().equals(kind)).toList();
    assertThat(found).as(kind).hasSize(1);
    return found.getFirst();
  }

  @Test
  void theAgentsPod_hasTheLeastRights() throws Exception {
    List<JsonNode> documents = kubernetes("agent.yaml");
    JsonNode pod = of("DaemonSet", documents).at("/spec/template/spec");
    assertThat(pod.path("containers")).hasSize(1);
    assertThat(pod.has("initContainers")).isFalse();
    for (String host : List.of("hostNetwork", "hostPID", "hostIPC")) {
      assertThat(pod.path(host).asBoolean(false)).as(host).isFalse();
    }
    JsonNode container = pod.at("/containers/0");
    JsonNode security = container.path("securityContext");
    assertThat(security.path("allowPrivilegeEscalation")).isEqualTo(BooleanNode.FALSE);
    assertThat(security.path("readOnlyRootFilesystem")).isEqualTo(BooleanNode.TRUE);
    assertThat(security.path("privileged").asBoolean(false)).isFalse();
    assertThat(security.at("/capabilities/drop").valueStream().map(JsonNode::asText))
        .containsExactly("ALL");
    assertThat(security.path("capabilities").has("add")).isFalse();
    assertThat(security.at("/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
    for (String resource : List.of("cpu", "memory", "ephemeral-storage")) {
      assertThat(container.at("/resources/limits/" + resource).asText()).as(resource).isNotEmpty();
    }
    assertThat(container.path("image").asText()).matches(".+:[^:]+").doesNotEndWith(":latest");

    // of the host: its own state to write, two folders to read
    Set<String> fromHost = new HashSet<>();
    Set<String> paths = new HashSet<>();
    for (JsonNode volume : pod.path("volumes")) {
      if (volume.has("hostPath")) {
        fromHost.add(volume.path("name").asText());
        paths.add(volume.at("/hostPath/path").asText());
        assertThat(volume.at("/hostPath/type").asText()).startsWith("Directory");
      }
    }
    assertThat(paths)
        .containsExactlyInAnyOrder(
            "/var/lib/joulestream", "/run/joulestream/jobs", "/var/lib/kubelet/pod-resources");
    Set<String> written = new HashSet<>();
    for (JsonNode mount : container.path("volumeMounts")) {
      if (fromHost.contains(mount.path("name").asText())
          && !mount.path("readOnly").asBoolean(false)) {
        written.add(mount.path("mountPath").asText());
      }
    }
    assertThat(written).containsExactly("/var/lib/joulestream");

    // of the API server: to list pods, by an account of its own, whose token only its pod has
    assertThat(of("ClusterRole", documents).path("rules"))
        .isEqualTo(
            new YAMLMapper().readTree("[{apiGroups: [''], resources: [pods], verbs: [list]}]"));
    JsonNode account = of("ServiceAccount", documents);
    assertThat(account.path("automountServiceAccountToken")).isEqualTo(BooleanNode.FALSE);
    assertThat(pod.path("serviceAccountName")).isEqualTo(account.at("/metadata/name"));
    JsonNode binding = of("ClusterRoleBinding", documents);
    assertThat(binding.path("subjects")).hasSize(1);
    assertThat(binding.at("/subjects/0/name")).isEqualTo(account.at("/metadata/name"));
    assertThat(documents.stream().map(document -> document.path("kind").asText()))
        .doesNotContain("Role", "RoleBinding", "Secret");
  }

  @Test
  void theNetworkPolicy_isOfTheAgentsPods_andOfItsPort() throws Exception {
    List<JsonNode> agent = kubernetes("agent.yaml");
    JsonNode policy = of("NetworkPolicy", kubernetes("network-policy.yaml"));
    JsonNode set = of("DaemonSet", agent);
    assertThat(policy.at("/metadata/namespace")).isEqualTo(set.at("/metadata/namespace"));
    assertThat(policy.at("/spec/podSelector/matchLabels"))
        .isEqualTo(set.at("/spec/template/metadata/labels"));
    assertThat(policy.at("/spec/policyTypes")).hasSize(2);
    assertThat(policy.at("/spec/ingress")).hasSize(1);
    assertThat(policy.at("/spec/ingress/0/from")).isNotEmpty();
    assertThat(policy.at("/spec/ingress/0/ports/0/port"))
        .isEqualTo(set.at("/spec/template/spec/containers/0/ports/0/containerPort"));
    String kafka = of("ConfigMap", agent).at("/data/agent.properties").asText();
    assertThat(kafka).contains(":" + policy.at("/spec/egress/0/ports/0/port").asText());
  }

  /** Options of the agent, as its help lists them. */
  private static void assertOptionsExist(String arguments) throws Exception {
    try (Program help = Program.startMain(AgentMain.class.getName(), Map.of(), "--help")) {
      help.await();
      Matcher option = Pattern.compile("--[a-z-]+").matcher(arguments);
      while (option.find()) {
        assertThat(help.output()).contains(option.group());
      }
    }
  }
}
