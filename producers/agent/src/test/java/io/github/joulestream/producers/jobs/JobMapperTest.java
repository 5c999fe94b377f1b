// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static io.github.joulestream.schemas.NodeShares.BY_GPUS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.producers.probe.GpuNumbering;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.AllocationEvent.Action;
import io.github.joulestream.schemas.AllocationEvent.Reporter;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From what sources say to what is published. */
class JobMapperTest {
  private static final long NOW = 1_795_485_725_000L;
  private static final long DAY = 86_400_000;

  @TempDir Path folder;
  private final Published published = new Published();
  private final Said source = new Said();
  private final Map<String, String> names = new LinkedHashMap<>();
  private JobMapper mapper = mapper(HeldJobs.none());

  /** A source that says what it is told to say. */
  private static final class Said implements JobSource {
    private final Map<String, LocalJob> jobs = new LinkedHashMap<>();
    private List<LocalJob> list = List.of();
    private boolean fails;
    private @Nullable Throwable mistake;
    private long changed = Long.MAX_VALUE;

    void says(String job, String text) {
      jobs.put(job, JobFile.job("s", job, JobFile.values(text)));
      list = List.copyOf(jobs.values());
    }

    void forgets(String job) {
      jobs.remove(job);
      list = List.copyOf(jobs.values());
    }

    @Override
    public String describe() {
      return "said";
    }

    @Override
    public List<LocalJob> read(long epochMillis) throws IOException {
      if (fails) {
        throw new IOException("away");
      }
      switch (mistake) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case null, default -> {}
      }
      return list;
    }

    @Override
    public long changedEpochMillis() {
      return changed;
    }
  }

  private JobMapper mapper(HeldJobs held) {
    return new JobMapper("s", "n", List.of(source), this::numberings, published, held);
  }

  /** Indices, and what a test calls a GPU. */
  private List<GpuNumbering> numberings() {
    return List.of(
        new GpuNumbering() {
          @Override
          public boolean any() {
            return true;
          }

          @Override
          public @Nullable String find(String name) {
            String plain = name.startsWith(COUNTED) ? name.substring(COUNTED.length()) : name;
            return names.getOrDefault(plain, plain.matches("\\d") ? "gpu" + plain : null);
          }
        });
  }

  /** A node's memory and GPUs. */
  private static List<Device> gpus(int count) {
    List<Device> devices = new ArrayList<>();
    devices.add(Device.sensor("memory", DeviceKind.MEMORY));
    for (int i = 0; i < count; i++) {
      devices.add(Device.sensor("gpu" + i, DeviceKind.GPU));
    }
    return devices;
  }

  private void turn(long epochMillis, List<Device> devices) {
    devices.forEach(mapper::sees);
    mapper.turn(epochMillis);
  }

  private AllocationEvent one() {
    List<AllocationEvent> events = published.allocations();
    assertThat(events).hasSize(1);
    return events.getFirst();
  }

  @Test
  void aJob_isToldOnce_andItsEndAtTheTimeThatTheEpilogSays() {
    source.says("1", "user=ada\ngpus=0,2\nstart=1795485000\n");
    turn(NOW, gpus(4));
    assertThat(one())
        .isEqualTo(
            AllocationEvent.hold(
                "s",
                "n",
                "1",
                1_795_485_000_000L,
                List.of(DeviceShare.whole("gpu0"), DeviceShare.whole("gpu2")),
                4));
    assertThat(published.jobs().getFirst().details().user()).isEqualTo("ada");
    turn(NOW + 1_000, gpus(4));
    assertThat(published.allocations()).isEmpty();

    source.says("1", "user=ada\ngpus=0,2\nstart=1795485000\nend=1795485700\nstate=failed\n");
    turn(NOW + 2_000, gpus(4));
    turn(NOW + 3_000, gpus(4));
    assertThat(one()).isEqualTo(AllocationEvent.release("s", "n", "1", 1_795_485_700_000L));
    assertThat(published.jobs().stream().map(JobRecord::state)).containsExactly(JobState.FAILED);
    source.forgets("1");
    turn(NOW + 4_000, gpus(4));
    assertThat(published.allocations()).isEmpty();
  }

  @Test
  void aJobThatCameAndWentBetweenTwoTurns_isToldWhole() {
    source.says("1", "gpus=1\nstart=1795485000\nend=1795485001\n");
    turn(NOW, gpus(2));
    assertThat(published.allocations().stream().map(AllocationEvent::action))
        .containsExactly(Action.HOLD, Action.RELEASE);
    // nobody said how it ended, so that is not told
    assertThat(published.jobs()).isEmpty();
  }

  @Test
  void aJobWhoseFileIsGone_endsByTheAgentsWord_whenTheDirectoryChanged() {
    source.says("1", "gpus=1\nstart=1795485000\n");
    turn(NOW, gpus(2));
    published.allocations();
    source.forgets("1");
    source.changed = NOW + 700;
    turn(NOW + 1_000, gpus(2));
    assertThat(one()).isEqualTo(AllocationEvent.gone("s", "n", "1", NOW + 700));
    assertThat(published.jobs()).hasSize(1);
  }

  @Test
  void aSourceThatFails_endsNothing() {
    source.says("1", "gpus=1\nstart=1795485000\n");
    turn(NOW, gpus(2));
    published.allocations();
    source.fails = true;
    turn(NOW + 1_000, gpus(2));
    source.fails = false;
    turn(NOW + 2_000, gpus(2));
    assertThat(published.allocations()).isEmpty();
  }

  @Test
  void withoutGpus_theProcessorsDecide_andWithoutAnythingItIsTheWholeNode() {
    source.says("1", "gpus=\ncpu_share=0.25\nmemory_share=0.5\nstart=1795485005\n");
    turn(NOW, gpus(2));
    AllocationEvent event = one();
    assertThat(event.devices()).isEmpty();
    assertThat(event.shares().cpuBasisPoints()).isEqualTo(2_500);
    assertThat(event.shares().memoryBasisPoints()).isEqualTo(5_000);
    assertThat(event.shares().storageBasisPoints()).isEqualTo(2_500);
    assertThat(event.shares().nodeBasisPoints()).isEqualTo(2_500);
    assertThat(event.gpusOnNode()).isEqualTo(2);

    source.says("2", "start=1795485006\n");
    turn(NOW + 1_000, gpus(2));
    event = one();
    assertThat(event.devices())
        .containsExactlyInAnyOrder(DeviceShare.whole("gpu0"), DeviceShare.whole("gpu1"));
    assertThat(event.shares().memoryBasisPoints()).isEqualTo(10_000);
    assertThat(event.shares().nodeBasisPoints()).isEqualTo(10_000);
  }

  @Test
  void aGpuThatNoProbeSees_isNotCovered_untilOneDoes() {
    source.says("1", "gpus=0,1\ncpu_share=0.5\nstart=1795485005\n");
    turn(NOW, gpus(0));
    AllocationEvent event = one();
    assertThat(event.devices()).hasSize(2);
    assertThat(event.gpusOnNode()).isZero();
    assertThat(event.shares().memoryBasisPoints()).isEqualTo(5_000);
    turn(NOW + 1_000, gpus(2));
    event = one();
    assertThat(event.devices()).hasSize(2);
    assertThat(event.shares().memoryBasisPoints()).isEqualTo(BY_GPUS);
    assertThat(event.shares().cpuBasisPoints()).isEqualTo(5_000);
    // what it has changes from now on
    assertThat(event.atEpochMillis()).isEqualTo(NOW + 1_000);
  }

  @Test
  void otherNamesOfAGpu_andInstancesOfOne() {
    names.put("GPU-aa", "gpu1");
    names.put("/dev/nvidia0", "gpu1");
    names.put("/dev/nvidia1", "gpu1");
    names.put("MIG-1", "gpu2/1");
    names.put("MIG-2", "gpu2/2");
    List<Device> devices = gpus(2);
    devices.add(Device.sensor("gpu2/1", DeviceKind.GPU).withCapacityBytes(10).asInstanceOf("gpu2"));
    devices.add(Device.sensor("gpu2/2", DeviceKind.GPU).withCapacityBytes(30).asInstanceOf("gpu2"));
    source.says("a", "gpus=GPU-aa\nstart=1795485005\n");
    source.says("b", "gpus=/dev/nvidia0\nstart=1795485005\n");
    source.says("c", "gpus=/dev/nvidia1\nstart=1795485005\n");
    source.says("d", "gpus=GPU-aa::3\ngpu_share=0.25\nstart=1795485005\n");
    source.says("e", "gpus=MIG-2\nstart=1795485005\n");
    source.says("f", "gpus=MIG-1,MIG-2\nstart=1795485005\n");
    turn(NOW, devices);
    assertThat(published.allocations().stream().map(AllocationEvent::devices))
        .containsExactly(
            List.of(DeviceShare.whole("gpu1")),
            List.of(DeviceShare.whole("gpu1")),
            List.of(DeviceShare.whole("gpu1")),
            List.of(new DeviceShare("gpu1", 2_500)),
            List.of(new DeviceShare("gpu2", 7_500)),
            List.of(DeviceShare.whole("gpu2")));
  }

  @Test
  void aNameThatNobodyKnows_isADeviceThatNobodySees_andIsSaid() {
    source.says("1", "gpus=0,GPU-gone\nstart=1795485005\n");
    source.says("2", "gpus=7\ncpu_share=0.5\nstart=1795485005\n");
    turn(NOW, gpus(2));
    assertThat(published.allocations().stream().map(AllocationEvent::devices))
        .containsExactly(
            List.of(DeviceShare.whole("GPU-gone"), DeviceShare.whole("gpu0")),
            List.of(DeviceShare.whole("gpu7")));
    assertThat(mapper.notUnderstood()).containsExactly("job 1: 'GPU-gone'", "job 2: '7'");
    source.says("1", "gpus=0,GPU-gone\nstart=1795485005\nend=1795485600\n");
    source.forgets("2");
    turn(NOW + 1_000, gpus(2));
    assertThat(mapper.notUnderstood()).isEmpty();
  }

  @Test
  void onANodeOfWhichNoGpuIsSeen_theRestGoesByTheProcessors() {
    source.says("1", "gpus=0\ncpu_share=0.25\nstart=1795485005\n");
    turn(NOW, gpus(0));
    AllocationEvent event = one();
    assertThat(event.devices()).containsExactly(DeviceShare.whole("gpu0"));
    assertThat(event.shares().memoryBasisPoints()).isEqualTo(2_500);
    assertThat(event.gpusOnNode()).isZero();
  }

  @Test
  void anInstanceThatIsFoundShortlyAfterItsJobBegan_wasTheJobsAllTheTime() {
    long start = NOW - 2_000;
    source.says("1", "gpus=MIG-new\nstart=" + start + "\n");
    turn(NOW, gpus(1));
    assertThat(one().devices()).containsExactly(DeviceShare.whole("MIG-new"));
    names.put("MIG-new", "MIG-new");
    List<Device> devices = gpus(1);
    devices.add(
        Device.sensor("MIG-new", DeviceKind.GPU).withCapacityBytes(10).asInstanceOf("gpu0"));
    turn(NOW + 9_000, devices);
    List<AllocationEvent> events = published.allocations();
    assertThat(events).allMatch(event -> event.atEpochMillis() == start);
    assertThat(events.getFirst().action()).isEqualTo(Action.RELEASE);
    assertThat(events.getFirst().devices()).containsExactly(DeviceShare.whole("MIG-new"));
    assertThat(events.getLast().devices()).containsExactly(DeviceShare.whole("gpu0"));
    assertThat(mapper.notUnderstood()).isEmpty();
  }

  @Test
  void aDeviceThatIsFoundLate_isTheJobsFromThenOn() {
    source.says("1", "gpus=1\nstart=" + (NOW - 500_000) + "\n");
    turn(NOW, gpus(1));
    published.allocations();
    turn(NOW + 1_000, gpus(2));
    assertThat(published.allocations())
        .isNotEmpty()
        .allMatch(event -> event.atEpochMillis() == NOW + 1_000);
  }

  @Test
  void aJobThatWasRequeued_gaveBackWhatItHad() {
    source.says("1", "gpus=0\nstart=1795485100\n");
    turn(NOW, gpus(2));
    published.allocations();
    source.says("1", "gpus=1\nstart=1795485200\n");
    turn(NOW + 1_000, gpus(2));
    List<AllocationEvent> events = published.allocations();
    assertThat(events).hasSize(2);
    assertThat(events.getFirst())
        .isEqualTo(AllocationEvent.release("s", "n", "1", 1_795_485_199_999L));
    assertThat(events.getLast().devices()).containsExactly(DeviceShare.whole("gpu1"));
  }

  @Test
  void whatAJobHas_canChange() {
    source.says("1", "gpus=0,1\nstart=1795485100\n");
    turn(NOW, gpus(3));
    published.allocations();
    source.says("1", "gpus=1,2\nstart=1795485100\n");
    source.changed = NOW + 600;
    turn(NOW + 1_000, gpus(3));
    List<AllocationEvent> events = published.allocations();
    assertThat(events).allMatch(event -> event.atEpochMillis() == NOW + 600);
    assertThat(events.getFirst().action()).isEqualTo(Action.RELEASE);
    assertThat(events.getFirst().devices()).containsExactly(DeviceShare.whole("gpu0"));
    assertThat(events.getLast().action()).isEqualTo(Action.HOLD);
    assertThat(events.getLast().devices())
        .containsExactly(DeviceShare.whole("gpu1"), DeviceShare.whole("gpu2"));
  }

  @Test
  void aLongJob_isToldEveryDay_andTheRepetitionHoldsNothingAfterItsEnd() {
    source.says("1", "gpus=0\nstart=" + NOW / 1000 + "\n");
    turn(NOW, gpus(1));
    published.allocations();
    turn(NOW + DAY - 1, gpus(1));
    assertThat(published.allocations()).isEmpty();
    turn(NOW + DAY, gpus(1));
    assertThat(one().atEpochMillis()).isEqualTo(NOW + DAY);
    turn(NOW + DAY + 1_000, gpus(1));
    assertThat(published.allocations()).isEmpty();
    // it had ended just before, as the epilog now says
    long end = NOW + DAY - 200;
    source.says("1", "gpus=0\nstart=" + NOW / 1000 + "\nend=" + end + "\n");
    turn(NOW + DAY + 2_000, gpus(1));
    assertThat(published.allocations())
        .containsExactly(
            AllocationEvent.release("s", "n", "1", end),
            AllocationEvent.release("s", "n", "1", NOW + DAY));
  }

  @Test
  void ofTwoSources_theFirstHasTheWord() {
    Said second = new Said();
    second.says("1", "gpus=1\nuser=eve\nstart=1795485005\n");
    second.says("2", "gpus=1\nuser=bob\nstart=1795485005\n");
    source.says("1", "gpus=0\nuser=ada\nstart=1795485005\n");
    mapper =
        new JobMapper(
            "s", "n", List.of(source, second), this::numberings, published, HeldJobs.none());
    turn(NOW, gpus(2));
    assertThat(published.jobs().stream().map(job -> job.details().user()))
        .containsExactly("ada", "bob");
  }

  @Test
  void afterARestart_whatEndedMeanwhileEnds_andWhatWasToldIsNotToldAgain() throws Exception {
    Path file = folder.resolve("held");
    mapper = mapper(HeldJobs.in(file, "boot-1"));
    source.says("stays", "gpus=0\nstart=1795485000\n");
    source.says("goes", "gpus=1\nstart=1795485000\n");
    turn(NOW, gpus(2));
    published.allocations();

    source.forgets("goes");
    source.says("old", "gpus=1\nstart=1000\nend=1795485000\n");
    long later = NOW + 600_000;
    mapper = mapper(HeldJobs.in(file, "boot-1"));
    turn(later, gpus(2));
    assertThat(published.allocations())
        .containsExactly(
            AllocationEvent.hold("s", "n", "stays", later, List.of(DeviceShare.whole("gpu0")), 2),
            AllocationEvent.gone("s", "n", "goes", later));

    // the node went down, and its jobs with it
    source.forgets("stays");
    Files.setLastModifiedTime(file, FileTime.fromMillis(later + 30_000));
    mapper = mapper(HeldJobs.in(file, "boot-2"));
    turn(later + 900_000, gpus(2));
    assertThat(one()).isEqualTo(AllocationEvent.gone("s", "n", "stays", later + 30_000));
    assertThat(HeldJobs.in(file, "boot-2").jobs()).isEmpty();
  }

  @Test
  void everyEvent_isTheHooksWord_butNotThatSomethingIsGone() {
    source.says("1", "gpus=0\nstart=1795485005\n");
    turn(NOW, gpus(1));
    assertThat(one().reporter()).isEqualTo(Reporter.HOOK);
    source.forgets("1");
    turn(NOW, gpus(1));
    assertThat(one().reporter()).isEqualTo(Reporter.AGENT);
  }

  @Test
  void aSourceThatFails_inWhateverWay_keepsItsJobs_andHindersNoOther() {
    Said other = new Said();
    mapper =
        new JobMapper(
            "s", "n", List.of(source, other), this::numberings, published, HeldJobs.none());
    source.says("1", "gpus=0\nstart=1795485000\n");
    turn(NOW, gpus(2));
    assertThat(one().job()).isEqualTo("1");
    other.says("2", "gpus=1\nstart=1795485000\n");
    for (Throwable mistake :
        List.of(new IllegalStateException("a mistake"), new StackOverflowError())) {
      source.mistake = mistake;
      turn(NOW + 1_000, gpus(2));
    }
    assertThat(one().job()).isEqualTo("2");
    assertThat(mapper.failures()).containsExactly(Map.entry("other", 2L));
    source.mistake = null;
    source.forgets("1");
    turn(NOW + 2_000, gpus(2));
    assertThat(one().action()).isEqualTo(Action.RELEASE);
  }

  @Test
  void aJobThatCannotBePublished_isLeftOut_andHindersNoOther() {
    published.refuses = "2";
    source.says("1", "gpus=0\nstart=1795485000\n");
    source.says("2", "gpus=1\nstart=1795485000\n");
    source.says("3", "gpus=1\nstart=1795485000\n");
    turn(NOW, gpus(2));
    assertThat(published.allocations()).extracting(AllocationEvent::job).containsExactly("1", "3");
    assertThat(mapper.leftOut()).isEqualTo(1);
    // it is tried again when something changes
    published.refuses = "";
    source.says("3", "gpus=0\nstart=1795485000\n");
    turn(NOW + 1_000, gpus(2));
    assertThat(published.allocations()).extracting(AllocationEvent::job).contains("2");
  }
}
