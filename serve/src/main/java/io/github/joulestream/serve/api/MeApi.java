// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.Route;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Who asks, and what they may see. */
public final class MeApi {
  private final String access;
  private final String version;

  /**
   * Of a service.
   *
   * @param access how it is known who asks
   * @param version of the service
   */
  public MeApi(String access, String version) {
    this.access = access;
    this.version = version;
  }

  /** The only one. */
  public List<Route> routes() {
    return List.of(
        Route.get("/api/v1/me", Set.of(), request -> Answer.json(of(request.visibility()))));
  }

  /** As the document's {@code Me}. */
  public record Me(
      String user,
      String role,
      List<String> projects,
      boolean seesAllJobs,
      boolean seesSites,
      String access,
      String version) {
    public Me {
      projects = List.copyOf(projects);
    }
  }

  /** What is answered to who sees this; to open a session it is the same. */
  public Me of(Visibility visibility) {
    return new Me(
        visibility.viewer().name(),
        visibility.viewer().role().name().toLowerCase(Locale.ROOT),
        List.copyOf(visibility.viewer().projects()),
        visibility.all(),
        visibility.sites(),
        access,
        version);
  }
}
