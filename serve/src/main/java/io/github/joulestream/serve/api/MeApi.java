// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.serve.access.Access;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.Route;
import java.util.List;
import java.util.Set;

/** Who asks, and what they may see. */
public final class MeApi {
  private final Access access;

  /** Of a service whose users are known so. */
  public MeApi(Access access) {
    this.access = access;
  }

  /** The only one. */
  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/v1/me",
            Set.of(),
            request -> Answer.json(MeAnswer.of(request.visibility(), access.describe()))));
  }
}
