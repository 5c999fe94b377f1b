// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.runtime.Version;
import io.github.joulestream.serve.access.Visibility;
import java.util.List;
import java.util.Locale;

/**
 * Who asks, and what they may see: {@code Me} of the OpenAPI document.
 *
 * @param user empty: nobody in particular
 * @param access how it is known who asks
 */
record MeAnswer(
    String user,
    String role,
    List<String> projects,
    boolean seesAllJobs,
    boolean seesSites,
    String access,
    String version) {

  static MeAnswer of(Visibility visibility, String access) {
    return new MeAnswer(
        visibility.viewer().name(),
        visibility.viewer().role().name().toLowerCase(Locale.ROOT),
        List.copyOf(visibility.viewer().projects()),
        visibility.all(),
        visibility.sites(),
        access,
        Version.CURRENT);
  }
}
