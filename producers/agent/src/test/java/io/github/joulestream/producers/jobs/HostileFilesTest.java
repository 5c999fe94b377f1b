// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.producers.input.Fifo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What may stand in the directories of jobs besides files of jobs: it hides no job. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileFilesTest {
  private static final long NOW = 1_795_485_725_000L;

  @TempDir Path folder;
  private Path jobs;
  private JobDirectory directory;
  private long now = NOW;

  @BeforeEach
  void open() throws IOException {
    jobs = Files.createDirectory(folder.resolve("jobs"));
    directory = new JobDirectory("s", jobs);
    Files.writeString(jobs.resolve("good"), "user=ada\nstart=1795485000\n");
  }

  private List<LocalJob> read() throws IOException {
    now += 100_000; // looks at the files whatever their times are
    return directory.read(now);
  }

  private List<String> ids() throws IOException {
    return read().stream().map(LocalJob::id).sorted().toList();
  }

  @Test
  void whatIsNoFile_orTooLong_isLeftOut_andNeverWaitedFor() throws Exception {
    Fifo.make(jobs.resolve("fifo"));
    Path secret = Files.writeString(folder.resolve("secret"), "user=eve\nstart=1795485000\n");
    Files.createSymbolicLink(jobs.resolve("link"), secret);
    Files.createSymbolicLink(jobs.resolve("endless"), Path.of("/dev/zero"));
    Files.writeString(jobs.resolve("large"), "user=bob\n#" + "x".repeat(64 << 10) + "\n");
    assertThat(ids()).containsExactly("good");
    // another thing takes a job's place
    Files.delete(jobs.resolve("large"));
    Files.writeString(jobs.resolve("large"), "user=bob\n");
    assertThat(ids()).containsExactly("good", "large");
    Files.delete(jobs.resolve("large"));
    Fifo.make(jobs.resolve("large"));
    assertThat(ids()).containsExactly("good");
  }

  @Test
  void progress_isReadFromAFileAlone() throws Exception {
    Path own = Files.createDirectory(folder.resolve("progress"));
    for (String name : List.of("fifo", "link", "large", "number", "bytes")) {
      Files.writeString(jobs.resolve(name), "user=ada\nstart=1795485000\n");
    }
    Fifo.make(own.resolve("fifo"));
    Files.createSymbolicLink(
        own.resolve("link"), Files.writeString(folder.resolve("other"), "done=7\n"));
    Files.writeString(own.resolve("large"), "done=7\n" + "#".repeat(64 << 10) + "\n");
    Files.writeString(own.resolve("number"), "done=1e-9999999\nunit=tokens\n");
    Files.write(own.resolve("bytes"), new byte[] {'d', 'o', 'n', 'e', '=', (byte) 0xff, '\n'});
    Files.writeString(own.resolve("good"), "done=7\nunit=tokens\n");
    // the place of before counts where there is none in the other
    Fifo.make(jobs.resolve("good.progress"));
    List<LocalJob> found = read();
    assertThat(found).hasSize(6);
    for (LocalJob job : found) {
      assertThat(job.record().work().amount())
          .as(job.id())
          .isEqualTo(job.id().equals("good") ? 7 : 0);
    }
    Files.delete(own.resolve("good"));
    Files.delete(jobs.resolve("good.progress"));
    Files.writeString(jobs.resolve("good.progress"), "done=8\n");
    assertThat(read()).anyMatch(job -> job.record().work().amount() == 8);
  }

  @Test
  void aNumberThatWouldCostMinutes_costsNothing() throws Exception {
    Files.writeString(jobs.resolve("small"), "gpus=0\ngpu_share=1e-9999999\n");
    Files.writeString(jobs.resolve("large"), "gpus=0\nstart=1e9999999\n");
    Files.writeString(jobs.resolve("many"), "cpu_share=0." + "1".repeat(60_000) + "\n");
    long began = System.nanoTime();
    assertThat(ids()).containsExactly("good");
    assertThat((System.nanoTime() - began) / 1_000_000).isLessThan(5_000);
  }

  @Test
  void anIdThatIsTooLong_isCut_andTextsLoseTheirEnd() throws Exception {
    StringBuilder text =
        new StringBuilder("job=%s\nuser=u%s\n".formatted("j".repeat(300), "x".repeat(3_000)));
    for (int i = 0; i < 500; i++) {
      text.append("label.l").append(i).append("=").append("v".repeat(100)).append('\n');
    }
    Files.writeString(jobs.resolve("wide"), text);
    LocalJob wide =
        read().stream().filter(job -> !job.id().equals("good")).findFirst().orElseThrow();
    assertThat(wide.id()).startsWith("jjj").hasSize(Bounds.NAME_CHARACTERS);
    assertThat(wide.record().details().user()).hasSize(Bounds.TEXT_CHARACTERS);
    assertThat(wide.record().details().labels()).hasSize(Bounds.LABELS);
  }

  @Test
  void filesByGpu_areReadFromFilesAlone() throws Exception {
    Path gpus = Files.createDirectory(folder.resolve("gpus"));
    MappingDirectory mapping = new MappingDirectory("s", gpus);
    Files.writeString(gpus.resolve("0"), "7\n" + "j".repeat(400) + "\n");
    Fifo.make(gpus.resolve("1"));
    Files.createSymbolicLink(gpus.resolve("2"), Path.of("/dev/zero"));
    Files.createDirectory(gpus.resolve("3"));
    Files.write(gpus.resolve("4"), new byte[] {'8', '\n', (byte) 0xff, '\n'});
    Files.writeString(gpus.resolve("5"), "9\n".repeat(40_000));
    List<LocalJob> found = mapping.read(now);
    assertThat(found.stream().map(LocalJob::id).filter(id -> id.length() == 1))
        .containsExactlyInAnyOrder("7", "8", "\uFFFD");
    assertThat(found).hasSize(4).anyMatch(job -> job.id().length() == Bounds.NAME_CHARACTERS);
  }

  @Test
  void aLinkThatWasPlanted_isNotFollowedByWhoPutsAJobThere() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "mine\n");
    Path draft = jobs.resolve(".7." + ProcessHandle.current().pid());
    Files.createSymbolicLink(draft, secret);
    Files.createSymbolicLink(jobs.resolve("8"), secret);
    JobFile.put(jobs, "7", Map.of("user", "ada"));
    assertThatThrownBy(() -> JobFile.put(jobs, "8", Map.of("user", "ada")))
        .isInstanceOf(IOException.class);
    assertThat(secret).hasContent("mine");
    assertThat(JobFile.get(jobs, "7")).containsEntry("user", "ada");
    assertThat(Files.getPosixFilePermissions(jobs.resolve("7")).toString()).contains("OTHERS_READ");
  }

  @Test
  void namesThatAnAgentKept_andThatCanBeNone_endNoAgent() throws Exception {
    Path held = folder.resolve("held");
    byte[] bytes =
        ("boot\ngood\n" + "x".repeat(300) + "\n\u001b[2J\nlast\n")
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    bytes[6] = (byte) 0xff;
    Files.write(held, bytes);
    Files.setLastModifiedTime(held, FileTime.fromMillis(NOW));
    assertThat(HeldJobs.in(held, "boot").jobs()).containsExactly("g\uFFFDod", "last");
  }
}
