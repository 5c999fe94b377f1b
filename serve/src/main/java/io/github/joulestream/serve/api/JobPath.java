// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;

/**
 * Paths of jobs. An id holds a slash where a site has several clusters, and a slash within a part
 * of a path is refused by servers, so that {@code cluster/1234} has the parts {@code cluster} and
 * {@code 1234}; {@code 1234} has {@code -} and {@code 1234}. Further slashes are written {@code ~1}
 * and tildes {@code ~0}, as in RFC 6901; a part of dots alone has {@code ~2} for each, and an empty
 * one is {@code ~3}, as clients and servers leave such parts out. A backslash, which servers
 * refuse, is {@code ~4}.
 */
public final class JobPath {
  private static final String JOBS = "/api/v1/jobs/";
  private static final String NO_CLUSTER = "-";

  private JobPath() {}

  /** Path of a job in this API. */
  public static String of(String site, String job) {
    int slash = job.indexOf('/');
    String cluster = slash < 0 ? "" : job.substring(0, slash);
    // parts that servers or clients take for something else
    boolean isPlain =
        !cluster.isEmpty()
            && !cluster.equals(NO_CLUSTER)
            && !cluster.chars().allMatch(c -> c == '.');
    return JOBS
        + part(site)
        + "/"
        + (isPlain ? part(cluster) : NO_CLUSTER)
        + "/"
        + part(isPlain ? job.substring(slash + 1) : job);
  }

  private static String part(String text) {
    String escaped = text.replace("~", "~0").replace("/", "~1").replace("\\", "~4");
    if (escaped.isEmpty()) {
      escaped = "~3";
    } else if (escaped.chars().allMatch(c -> c == '.')) {
      escaped = escaped.replace(".", "~2");
    }
    return URLEncoder.encode(escaped, UTF_8).replace("+", "%20").replace("%7E", "~");
  }

  /** Id of a job of the decoded parts of a path. */
  public static String job(String cluster, String id) {
    return cluster.equals(NO_CLUSTER) ? plain(id) : plain(cluster) + "/" + plain(id);
  }

  private static String plain(String part) {
    return part.replace("~1", "/")
        .replace("~2", ".")
        .replace("~3", "")
        .replace("~4", "\\")
        .replace("~0", "~");
  }
}
