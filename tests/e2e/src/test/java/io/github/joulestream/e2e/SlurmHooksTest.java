// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.joulestream.producers.jobs.JobDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Prolog and epilog run as root, where others may try to make them write elsewhere. */
class SlurmHooksTest {
  private static final Path SCRIPTS = Path.of("..", "..", "deploy", "slurm");
  private static final String JOB = "17";

  @TempDir Path folder;
  private Path run = Path.of("");
  private Path jobs = Path.of("");
  private Path progress = Path.of("");
  private Path elsewhere = Path.of("");
  private final List<Path> mounted = new ArrayList<>();

  @BeforeEach
  void folders() throws IOException {
    // as another user may come to them
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    run = Files.createDirectory(folder.resolve("run"));
    jobs = Files.createDirectory(run.resolve("jobs"));
    progress = Files.createDirectory(run.resolve("progress"));
    elsewhere = folder.resolve("elsewhere");
    for (Path own : List.of(run, jobs, progress)) {
      Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @AfterEach
  void unmount() throws Exception {
    for (Path mount : mounted) {
      assertThat(run("umount", mount.toString())).isEmpty();
    }
  }

  /** What a program prints. */
  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return output;
  }

  private void hook(String name) throws IOException, InterruptedException {
    Path settings =
        Files.writeString(
            folder.resolve("settings"), "JOBS=%s\nASK=no\nNODE_CPUS=8\n".formatted(jobs));
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", SCRIPTS.resolve(name).toString()).redirectErrorStream(true);
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "JOULESTREAM_SLURM",
                settings.toString(),
                "SLURM_JOB_ID",
                JOB,
                "SLURM_JOB_USER",
                "nobody",
                "SLURM_JOB_UID",
                isRoot() ? run("id", "-u", "nobody").strip() : run("id", "-u").strip()));
    Process process = builder.start();
    process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private void mount(String options) throws IOException, InterruptedException {
    assumeTrue(isRoot(), "only root mounts");
    String said = run("mount", "-t", "tmpfs", "-o", options, "joulestream", progress.toString());
    assumeTrue(said.isEmpty(), "nothing is mounted here: " + said);
    mounted.add(progress);
  }

  private static void mayWrite(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void aJobGetsItsFile_whereNobodyElseMayWrite() throws Exception {
    hook("prolog");
    assertThat(jobs.resolve(JOB)).content().contains("job=17\n", "user=nobody\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(jobs.resolve(JOB))))
        .isEqualTo("rw-r--r--");
    hook("epilog");
    assertThat(jobs.resolve(JOB)).content().contains("end=");
    assertThat(jobs.toFile().list()).containsExactly(JOB);
  }

  @Test
  void whereAnybodyElseMayWrite_nothingIsWritten() throws Exception {
    for (String permissions : List.of("rwxrwxr-x", "rwxr-xrwx", "rwxrwxrwx")) {
      for (Path path : List.of(jobs, run)) {
        mayWrite(path, permissions);
        for (String name : List.of("prolog", "epilog")) {
          hook(name);
          assertThat(jobs.toFile().list()).as("%s at %s of %s", name, permissions, path).isEmpty();
        }
        mayWrite(path, "rwxr-xr-x");
      }
    }
    hook("prolog");
    assertThat(jobs.resolve(JOB)).exists();
  }

  @Test
  void aFolderOfAnotherUser_isNotWrittenTo() throws Exception {
    assumeTrue(isRoot(), "only root gives folders away");
    for (Path path : List.of(jobs, run)) {
      assertThat(run("chown", "nobody", path.toString())).isEmpty();
      for (String name : List.of("prolog", "epilog")) {
        hook(name);
        assertThat(jobs.toFile().list()).as("%s of %s", name, path).isEmpty();
      }
      assertThat(run("chown", "root", path.toString())).isEmpty();
    }
  }

  @Test
  void aLinkInPlaceOfTheFolder_isNotFollowed() throws Exception {
    Path real = Files.createDirectory(folder.resolve("real"));
    Files.delete(jobs);
    Files.createSymbolicLink(jobs, real);
    for (String name : List.of("prolog", "epilog")) {
      hook(name);
      assertThat(real.toFile().list()).as(name).isEmpty();
    }
  }

  /** Planted while the folder was another's, and still there. */
  @Test
  void linksThatWerePlanted_areNotFollowed() throws Exception {
    mount("size=1m,mode=0755");
    Path dangling = folder.resolve("dangling");
    Files.createSymbolicLink(jobs.resolve(JOB + ".progress"), dangling);
    Files.createSymbolicLink(progress.resolve(JOB), dangling);
    hook("prolog");
    hook("epilog");
    assertThat(Files.exists(dangling, LinkOption.NOFOLLOW_LINKS)).isFalse();
    Files.delete(jobs.resolve(JOB));
    Files.writeString(elsewhere, "mine\n");
    Files.createSymbolicLink(jobs.resolve(JOB), elsewhere);
    hook("prolog");
    hook("epilog");
    assertThat(elsewhere).hasContent("mine");
    assertThat(Files.getOwner(elsewhere).getName()).isEqualTo("root");
  }

  /** Who opens a FIFO waits for somebody who writes. */
  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void fifosThatWerePlanted_areNotOpened() throws Exception {
    mount("size=1m,mode=0755");
    for (Path fifo : List.of(jobs.resolve(JOB), jobs.resolve("16"), progress.resolve(JOB))) {
      assertThat(run("mkfifo", fifo.toString())).isEmpty();
      assertThat(run("touch", "-d", "2 hours ago", fifo.toString())).isEmpty();
    }
    hook("prolog");
    assertThat(jobs.resolve(JOB)).isRegularFile().content().contains("user=nobody\n");
    hook("epilog");
    assertThat(jobs.resolve(JOB)).content().contains("end=");
    assertThat(Files.getOwner(progress.resolve(JOB)).getName()).isEqualTo("root");
  }

  @Test
  void aUserFillsNothing_butWhatIsForThat() throws Exception {
    mount("size=1m,mode=0755");
    hook("prolog");
    Path said = progress.resolve(JOB);
    assertThat(Files.getOwner(said).getName()).isEqualTo("nobody");
    run("runuser", "-u", "nobody", "--", "sh", "-c", "printf 'done=7\nunit=steps\n' >" + said);
    JobDirectory directory = new JobDirectory("s", jobs);
    assertThat(directory.read(1_795_485_725_000L).getFirst().record().work().amount()).isEqualTo(7);

    // as much as there is, there and in every other place that the hooks made
    String out =
        run(
            "runuser",
            "-u",
            "nobody",
            "--",
            "sh",
            "-c",
            "head -c 20000000 /dev/zero >%s; for in in %s %s %s; do : >$in/other; done; :"
                .formatted(said, jobs, progress, run));
    assertThat(out).contains("No space left on device", "Permission denied");
    assertThat(Files.size(said)).isBetween(1L, 1L << 20);
    assertThat(run.toFile().list()).containsExactlyInAnyOrder("jobs", "progress");
    assertThat(progress.toFile().list()).containsExactly(JOB);
    // the job is not hidden by it, others are accounted for, and there is room again
    assertThat(directory.read(1_795_485_825_000L)).hasSize(1);
    hook("prolog");
    assertThat(Files.size(said)).isZero();
    assertThat(jobs.resolve(JOB)).content().contains("job=17\n");
  }

  @Test
  void withoutASmallFileSystemOfItsOwn_usersGetNoFile() throws Exception {
    hook("prolog");
    assertThat(jobs.resolve(JOB)).exists();
    assertThat(progress.toFile().list()).isEmpty();
    mount("size=1g,mode=0755");
    hook("prolog");
    assertThat(progress.toFile().list()).isEmpty();
    assertThat(run("mount", "-o", "remount,size=4m", progress.toString())).isEmpty();
    hook("prolog");
    assertThat(progress.toFile().list()).containsExactly(JOB);
    // and none where others may write
    Files.delete(progress.resolve(JOB));
    mayWrite(progress, "rwxrwxrwx");
    hook("prolog");
    assertThat(progress.toFile().list()).isEmpty();
  }

  @Test
  void whatUsersSaidOfJobsThatAreNoMore_isRemoved() throws Exception {
    mount("size=1m,mode=0755");
    Path old = Files.writeString(progress.resolve("3"), "done=1\n");
    Path running = Files.writeString(progress.resolve("4"), "done=1\n");
    Files.writeString(jobs.resolve("4"), "job=4\n");
    for (Path path : List.of(old, running)) {
      assertThat(run("touch", "-d", "2 hours ago", path.toString())).isEmpty();
    }
    hook("epilog");
    assertThat(progress.toFile().list()).containsExactly("4");
  }
}
