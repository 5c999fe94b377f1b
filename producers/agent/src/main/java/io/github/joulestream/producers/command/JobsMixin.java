// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.command;

import io.github.joulestream.producers.jobs.HeldJobs;
import io.github.joulestream.producers.jobs.JobDirectory;
import io.github.joulestream.producers.jobs.JobSource;
import io.github.joulestream.producers.jobs.MappingDirectory;
import io.github.joulestream.producers.jobs.PodApi;
import io.github.joulestream.producers.jobs.PodResources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** From where an agent knows which job has which device. */
final class JobsMixin {
  @Option(
      names = "--jobs",
      paramLabel = "DIR",
      defaultValue = "/run/joulestream/jobs",
      description =
          "Where prologs and epilogs put a file for each job; see docs/jobs.md"
              + " (default: ${DEFAULT-VALUE}).")
  Path directory = JobDirectory.DEFAULT;

  @Option(
      names = "--dcgm-job-dir",
      paramLabel = "DIR",
      description = "A directory as DCGM-exporter's --hpc-job-mapping-dir: a file for each GPU.")
  @Nullable Path gpuJobs;

  @Option(
      names = "--pods",
      paramLabel = "SOCKET",
      arity = "0..1",
      fallbackValue = "/var/lib/kubelet/pod-resources/kubelet.sock",
      description = "Follow the pods of a kubelet (${FALLBACK-VALUE}).")
  @Nullable Path pods;

  @Option(
      names = "--pod-labels",
      description =
          "With --pods: their labels too, and how they ended, from the API server, by our service"
              + " account.")
  boolean podLabels;

  @Option(
      names = "--job-state-file",
      paramLabel = "FILE",
      description =
          "Retention here which jobs are on this node, so that those that end while the agent is away"
              + " end all the same.")
  @Nullable Path heldJobs;

  /** The first has the word where two know a job. */
  List<JobSource> sources(String site, String node) throws IOException {
    List<JobSource> sources = new ArrayList<>();
    sources.add(new JobDirectory(site, directory));
    if (gpuJobs != null) {
      sources.add(new MappingDirectory(site, gpuJobs));
    }
    if (pods != null) {
      PodApi api = podLabels ? PodApi.ofServiceAccount(System.getenv(), node) : null;
      sources.add(new PodResources(site, pods, api));
    }
    return sources;
  }

  /** Where it is kept which jobs are on the node. */
  HeldJobs held() throws IOException {
    return heldJobs == null ? HeldJobs.none() : HeldJobs.in(heldJobs);
  }
}
