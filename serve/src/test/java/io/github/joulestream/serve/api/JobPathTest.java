// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths of jobs. */
class JobPathTest {
  @ParameterizedTest
  @CsvSource({
    "hpc/1234, /api/v1/jobs/east/hpc/1234",
    "1234, /api/v1/jobs/east/-/1234",
    "a/b/c, /api/v1/jobs/east/a/b~1c",
    "a/b~c, /api/v1/jobs/east/a/b~0c",
    "-/5, /api/v1/jobs/east/-/-~15",
    "../5, /api/v1/jobs/east/-/..~15",
    "a/b c?%, /api/v1/jobs/east/a/b%20c%3F%25",
    ".., /api/v1/jobs/east/-/~2~2",
    "a/., /api/v1/jobs/east/a/~2",
    "a/, /api/v1/jobs/east/a/~3",
    "a/b\\c, /api/v1/jobs/east/a/b~4c",
    "a/b;c, /api/v1/jobs/east/a/b%3Bc",
  })
  void aPath_hasClusterAndId(String job, String path) {
    assertThat(JobPath.of("east", job)).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1", "hpc/1", "a/b/c", "~", "~1", "~0/~1", "-/5", "-", "/5", "../5", "a/<é 1>", "", "a/",
        ".", "a/..", "~2", "a/~3", "a/~02", "a;b", "a\\b"
      })
  void anyId_comesBackFromItsPath(String job) {
    String[] parts = URI.create(JobPath.of("a/b", job)).getRawPath().split("/", -1);
    assertThat(parts).hasSize(7);
    assertThat(JobPath.job(decoded(parts[5]), decoded(parts[6]))).isEqualTo(job);
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
