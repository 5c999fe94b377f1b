// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.LiveSites;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sites that a request is about, as far as who asks may see them. */
final class LiveSitesView {
  private static final String SITE = "site";

  private final LiveSites sites;

  LiveSitesView(LiveSites sites) {
    this.sites = sites;
  }

  /**
   * The site of a path.
   *
   * @throws Problem if there is none, or who asks may not see totals of sites
   */
  LiveSite ofPath(ApiRequest request) throws Problem {
    if (!request.visibility().sites()) {
      throw noSite();
    }
    return sites.site(request.path(SITE)).orElseThrow(LiveSitesView::noSite);
  }

  /** The site of the parameter {@code site}, or all of them, whatever may be seen of them. */
  List<LiveSite> ofQuery(ApiRequest request) throws Problem {
    Optional<String> name = request.parameter(SITE);
    if (name.isPresent()) {
      return List.of(sites.site(name.get()).orElseThrow(LiveSitesView::noSite));
    }
    return all();
  }

  /** All sites; none if totals of sites may not be seen. */
  List<LiveSite> visible(Visibility visibility) {
    return visibility.sites() ? all() : List.of();
  }

  private List<LiveSite> all() {
    List<LiveSite> all = new ArrayList<>();
    for (String name : sites.names()) {
      sites.site(name).ifPresent(all::add);
    }
    return all;
  }

  private static Problem noSite() {
    return Problem.notFound("no such site");
  }
}
