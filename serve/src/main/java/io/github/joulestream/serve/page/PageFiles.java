// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.http.Route;
import io.github.joulestream.serve.live.LiveSites;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The page: one document at all its paths, and its files. Both are for everybody; who asks decides
 * which figures are in the tables for browsers without scripts, and what the API answers to the
 * scripts, which ask for a token where it is not known who asks.
 */
public final class PageFiles {
  private static final List<String> PATHS =
      List.of(
          "/",
          "/sites/{site}",
          "/sites/{site}/nodes/{node}",
          "/sites/{site}/history",
          "/jobs/{site}/{cluster}/{id}",
          "/reports");

  /** What scripts read out of the page's own address. */
  private static final Set<String> PARAMETERS =
      Set.of("wall", "q", "range", "from", "to", "period", "site", "user", "project");

  private final Assets assets;
  private final PlainPage plain;
  private final String before;
  private final String after;

  public PageFiles(LiveSites sites, EpochClock clock) {
    assets = Assets.load();
    plain = new PlainPage(sites, clock);
    String template = template().replace("{assets}", assets.path());
    int content = template.indexOf("{content}");
    before = template.substring(0, content);
    after = template.substring(content + "{content}".length());
  }

  private static String template() {
    try {
      return new String(Assets.bytes("index.html"), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the page cannot be read", e);
    }
  }

  /** The page's paths, and its files. */
  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (String path : PATHS) {
      routes.add(new Route("GET", path, PARAMETERS, true, this::page));
    }
    routes.add(new Route("GET", "/assets/{version}/{file}", Set.of(), true, this::asset));
    return routes;
  }

  private Answer page(ApiRequest request) {
    String html = before + plain.html(request.visibility()) + after;
    return Answer.of(new Answer.Bytes("text/html; charset=utf-8", html.getBytes(UTF_8), ""));
  }

  private Answer asset(ApiRequest request) throws Problem {
    Assets.Asset asset =
        assets
            .find(request.path("version"), request.path("file"))
            .orElseThrow(() -> Problem.notFound("this release of the page has no such file"));
    return Answer.of(new Answer.Fixed(asset.type(), asset.bytes())).withEtag(asset.hash());
  }
}
