// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.Viewer;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.stream.FakeSite;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Lists of jobs that are live, stored, or both. */
class JobListTest {
  private static final long NOW = FakeSite.NOW;
  private static final Map<String, String> DAY =
      Map.of(
          "from", java.time.Instant.ofEpochMilli(NOW - 86_400_000).toString(),
          "to", java.time.Instant.ofEpochMilli(NOW).toString());

  private final FakeSite live = new FakeSite("east", 4, 2);
  private final FakeStore store = new FakeStore();

  private record Request(Viewer viewer, Map<String, String> parameters) implements ApiRequest {
    @Override
    public Visibility visibility() {
      return new Visibility(viewer, false);
    }

    @Override
    public String path(String variable) {
      throw new IllegalArgumentException(variable);
    }

    @Override
    public Optional<String> parameter(String name) {
      return Optional.ofNullable(parameters.get(name));
    }

    @Override
    public List<String> parameters(String name) {
      return parameter(name).stream().toList();
    }

    @Override
    public SortedMap<String, String> parametersWith(String prefix) {
      return new TreeMap<>();
    }

    @Override
    public String format() {
      return "json";
    }

    @Override
    public Optional<String> header(String name) {
      return Optional.empty();
    }

    @Override
    public byte[] body() {
      return new byte[0];
    }

    @Override
    public URI uri() {
      return URI.create("/api/v1/jobs");
    }
  }

  private JobList.Page page(Role role, String user, Map<String, String> parameters) throws Problem {
    JobCharges charges = new JobCharges(live, store.history(), store.windows(), () -> NOW, () -> 0);
    JobCosting costing =
        new JobCosting(charges, new ChargeReader(store.history(), store.windows()), () -> NOW);
    Answer answer =
        new JobList(live, store.history(), store.windows(), costing, () -> NOW)
            .answer(new Request(new Viewer(user, role, new TreeSet<>()), parameters));
    return (JobList.Page) ((Answer.Json) answer.content()).value();
  }

  private static Map<String, String> with(Map<String, String> some, String name, String value) {
    Map<String, String> all = new TreeMap<>(some);
    all.put(name, value);
    return all;
  }

  private void stored(String job, long millijoules, long fragment) {
    store.jobs.add(
        new JobSummary(
            "east",
            job,
            new JobDetails("ada", "", "", "", Map.of()),
            JobState.COMPLETED,
            new JobTimes(NOW - 7_200_000, NOW - 7_200_000, NOW - 3_600_000, NOW - 3_600_000),
            0,
            JobWork.NONE,
            Totals.ofJob().add(JobAmount.TOTAL_MILLIJOULES, millijoules),
            fragment,
            1));
  }

  private static List<String> jobs(JobList.Page page) {
    return page.jobs().stream().map(JobView::job).toList();
  }

  @Test
  void aJobThatIsLiveAndStored_isThereOnce_asItIsLive() throws Problem {
    live.run("c/1", "ada", "", 9_000, 0, 1);
    stored("c/1", 5_000, 0);
    stored("c/2", 7_000, 0);
    JobList.Page page = page(Role.VIEWER, "", with(DAY, "sort", "-energy"));
    assertThat(jobs(page)).containsExactly("c/1", "c/2");
    assertThat(page.jobs().getFirst().energyMillijoules()).isEqualTo(9_000);
    assertThat(page.jobs().getFirst().milliwatts()).isEqualTo(9_000);
    assertThat(page.jobs().getFirst().gpus()).isEqualTo(2);
    assertThat(page.jobs().getLast().milliwatts()).isNull();
  }

  @Test
  void energyOfALiveJob_isAbsent_untilItsFirstSummary() throws Problem {
    live.jobs.put("c/1", new LiveJob("c/1", null, 9_000, 10_000, 0, new int[] {0}, 1, new long[0]));
    JobView job = page(Role.VIEWER, "", Map.of()).jobs().getFirst();
    assertThat(job.energyMillijoules()).isNull();
    assertThat(job.heldIdleMillijoules()).isNull();
    assertThat(job.milliwatts()).isEqualTo(9_000);
  }

  /** As a filter leaves out the live one, the older figures of the store do not come back. */
  @Test
  void aLiveJobThatIsLeftOut_isNotThereAsItWasStored() throws Problem {
    live.run("c/1", "ada", "", 9_000, 0);
    stored("c/1", 5_000, 0);
    assertThat(jobs(page(Role.VIEWER, "", with(DAY, "state", "COMPLETED")))).isEmpty();
  }

  @Test
  void aJobInFragments_isOneJob_atThePlaceOfItsWhole() throws Problem {
    stored("c/1", 5_000, 0);
    stored("c/2", 10_000, 0);
    stored("c/3", 8_000, 0);
    stored("c/1", 7_000, NOW - 3_700_000);
    Map<String, String> first = with(with(DAY, "sort", "-energy"), "limit", "2");
    JobList.Page page = page(Role.VIEWER, "", first);
    assertThat(jobs(page)).containsExactly("c/1", "c/2");
    assertThat(page.jobs().getFirst().energyMillijoules()).isEqualTo(12_000);
    assertThat(page.next()).isNotNull();
  }

  @Test
  void withoutARange_theListIsLive_andOfTheOwnJobs() throws Problem {
    live.run("c/1", "ada", "", 1_000, 0);
    live.run("c/2", "grace", "", 3_000, 1);
    live.run("c/3", "ada", "", 2_000, 2);
    stored("c/4", 5_000, 0);
    assertThat(jobs(page(Role.VIEWER, "", Map.of()))).containsExactly("c/2", "c/3", "c/1");
    assertThat(jobs(page(Role.USER, "ada", Map.of()))).containsExactly("c/3", "c/1");
    JobList.Page first = page(Role.USER, "ada", Map.of("limit", "1", "sort", "power"));
    assertThat(jobs(first)).containsExactly("c/1");
  }

  /** Live figures do not need the store. */
  @Test
  void whileTheStoreIsDown_liveJobsAreThere_withoutTheirCost() throws Problem {
    store.isDown = true;
    live.run("c/1", "ada", "", 1_000, 0);
    JobList.Page page = page(Role.VIEWER, "", Map.of());
    assertThat(jobs(page)).containsExactly("c/1");
    assertThat(page.jobs().getFirst().charges().cost()).isNull();
  }
}
