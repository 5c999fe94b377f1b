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

/** Options for the sources of jobs of an agent. */
final class JobsMixin {
  @Option(
      names = "--jobs",
      paramLabel = "DIR",
      defaultValue = "/run/joulestream/jobs",
      description =
          "Directory where prologs and epilogs put a file for each job; see docs/jobs.md"
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
          "With --pods: also their labels and how they ended, from the API server, with the service"
              + " account of this pod.")
  boolean podLabels;

  @Option(
      names = "--job-state-file",
      paramLabel = "FILE",
      description =
          "Keep the jobs of this node in this file, so that jobs that end while the agent is not"
              + " running end too.")
  @Nullable Path heldJobs;

  /** The sources; the first one counts where two report a job. */
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

  /** The file with the jobs of the node. */
  HeldJobs held() throws IOException {
    return heldJobs == null ? HeldJobs.none() : HeldJobs.in(heldJobs);
  }
}
