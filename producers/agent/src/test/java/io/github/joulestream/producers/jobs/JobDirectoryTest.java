// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The directory of jobs, as prologs and epilogs fill it. */
class JobDirectoryTest {
  private static final long NOW = 1_795_485_725_000L;

  @TempDir Path folder;
  private Path jobs;
  private JobDirectory directory;
  private long now = NOW;

  @BeforeEach
  void open() {
    jobs = folder.resolve("jobs");
    directory = new JobDirectory("s", jobs);
  }

  /** As a prolog does it, at this time. */
  private void put(String name, String text) throws IOException {
    Files.createDirectories(jobs);
    Path draft = Files.writeString(jobs.resolve("." + name), text);
    Files.setLastModifiedTime(draft, FileTime.fromMillis(now));
    Files.move(draft, jobs.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    touched();
  }

  private void touched() throws IOException {
    Files.setLastModifiedTime(jobs, FileTime.fromMillis(now));
  }

  /** A second later. */
  private List<LocalJob> read() throws IOException {
    now += 1_000;
    return directory.read(now);
  }

  @Test
  void jobsComeAndGo_andWhileNothingHappensItIsOneAndTheSameList() throws Exception {
    assertThat(directory.describe()).contains("not there yet");
    assertThat(read()).isEmpty();
    put("1", "user=ada\nstart=1795485000\n");
    List<LocalJob> one = read();
    assertThat(one).hasSize(1);
    assertThat(one.getFirst().record().details().user()).isEqualTo("ada");
    assertThat(read()).isSameAs(one);
    put("2", "gpus=0\n");
    long start = now;
    assertThat(read()).hasSize(2);
    // who does not say when it began: since the file is there
    assertThat(directory.read(now).stream().filter(job -> job.id().equals("2")))
        .allMatch(job -> job.record().span().startEpochMillis() == start);
    put("1", "user=ada\nstart=1795485000\nend=1795485700\n");
    assertThat(read()).anyMatch(job -> job.id().equals("1") && job.over());
    Files.delete(jobs.resolve("1"));
    touched();
    long deleted = now;
    assertThat(read().stream().map(LocalJob::id)).containsExactly("2");
    assertThat(directory.changedEpochMillis()).isEqualTo(deleted);
    Files.delete(jobs.resolve("2"));
    Files.delete(jobs.resolve(".agent"));
    Files.delete(jobs);
    assertThat(read()).isEmpty();
  }

  @Test
  void whatIsBeingWritten_isReadWhenItIsWhole_thoughTheDirectoryStaysAsItIs() throws Exception {
    put("1", "");
    assertThat(read()).isEmpty();
    Files.writeString(jobs.resolve("1"), "user=ada\ngpus=0,");
    assertThat(read()).isEmpty();
    Files.writeString(jobs.resolve("1"), "user=ada\ngpus=0,1\n");
    assertThat(read().getFirst().gpus()).containsOnlyKeys("counted:0", "counted:1");
  }

  @Test
  void twoChangesWithinATickOfTheKernel_areBothSeen() throws Exception {
    put("1", "user=ada\n");
    long tick = now;
    assertThat(directory.read(tick + 20)).hasSize(1);
    Files.writeString(jobs.resolve("2"), "user=bob\n");
    Files.setLastModifiedTime(jobs, FileTime.fromMillis(tick));
    assertThat(directory.read(tick + 120)).hasSize(2);
  }

  @Test
  void whatIsNoJob_isLeftOut_andHidesNoOther() throws Exception {
    put("bad", "start=soon\n");
    put("good", "user=ada\n");
    Files.createDirectories(jobs.resolve("folder"));
    assertThat(read().stream().map(LocalJob::id)).containsExactly("good");
    put("bad", "start=5\n");
    assertThat(read()).hasSize(2);
  }

  @Test
  void theUser_tellsOfProgress_andOfNothingElse() throws Exception {
    put("1", "user=ada\nstart=5\n");
    assertThat(read().getFirst().record().work().amount()).isZero();
    Path progress = jobs.resolve("1.progress");
    Files.writeString(progress, "done=1200\nunit=tokens\nuser=root\nend=6\n");
    now += 10_000;
    JobRecord job = read().getFirst().record();
    assertThat(job.work().amount()).isEqualTo(1_200);
    assertThat(job.work().unit()).isEqualTo("tokens");
    assertThat(job.details().user()).isEqualTo("ada");
    assertThat(job.span().endEpochMillis()).isEqualTo(JobSpan.OPEN);

    Files.writeString(progress, "done=lots\n");
    Files.setLastModifiedTime(progress, FileTime.fromMillis(now + 7));
    now += 10_000;
    assertThat(read()).hasSize(1);

    put("1", "user=ada\nstart=5\nend=9\nstate=completed\n");
    Files.writeString(progress, "done=1300\nunit=tokens\n");
    assertThat(read().getFirst().record().work().amount()).isEqualTo(1_300);
  }

  @Test
  void filesByGpu_asForTheExporter() throws Exception {
    Files.createDirectories(jobs);
    MappingDirectory mapping = new MappingDirectory("s", jobs);
    assertThat(mapping.read(now)).isEmpty();
    write("0", "7\n", now - 500);
    write("1", "7\n8\n", now);
    write("10.2", "9", now);
    write("readme", "10", now);
    List<LocalJob> found = mapping.read(now);
    assertThat(found.stream().map(LocalJob::id)).containsExactlyInAnyOrder("7", "8", "9");
    LocalJob seven = found.stream().filter(job -> job.id().equals("7")).findFirst().orElseThrow();
    assertThat(seven.gpus()).isEqualTo(Map.of("0", 10_000, "1", 5_000));
    assertThat(seven.record().span().startEpochMillis()).isEqualTo(now - 500);
    assertThat(seven.publishesRecord()).isFalse();
    assertThat(mapping.read(now + 1_000)).isSameAs(found);

    // another job leaves: those that stay began when they began
    write("1", "7\n", now + 5_000);
    Files.delete(jobs.resolve("10.2"));
    found = mapping.read(now + 6_000);
    assertThat(found.stream().map(LocalJob::id)).containsExactly("7");
    assertThat(found.getFirst().gpus()).isEqualTo(Map.of("0", 10_000, "1", 10_000));
    assertThat(found.getFirst().record().span().startEpochMillis()).isEqualTo(now - 500);
    assertThat(mapping.changedEpochMillis()).isBetween(now + 5_000, now + 6_000);
  }

  private void write(String name, String text, long epochMillis) throws IOException {
    Path file = Files.writeString(jobs.resolve(name), text);
    Files.setLastModifiedTime(file, FileTime.fromMillis(epochMillis));
  }

  @Test
  void whoPutsAJobThere_seesWhetherAnAgentLooks() throws IOException {
    long began = System.currentTimeMillis();
    Duration within = Duration.ofMinutes(3);
    assertThat(JobDirectory.readWithin(jobs, within, began)).isFalse();
    Files.createDirectories(jobs);
    assertThat(JobDirectory.readWithin(jobs, within, began)).isFalse();

    assertThat(directory.read(began)).isEmpty();
    assertThat(JobDirectory.readWithin(jobs, within, began)).isTrue();
    assertThat(JobDirectory.readWithin(jobs, within, began + 181_000)).isFalse();
    // an agent that runs on marks it anew
    assertThat(directory.read(began + 120_000)).isEmpty();
    assertThat(JobDirectory.readWithin(jobs, within, began + 181_000)).isTrue();
  }
}
