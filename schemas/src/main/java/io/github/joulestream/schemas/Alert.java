// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Something is wrong, or no longer. Each record of an id takes the place of the one before. The
 * same trouble has the same id when it comes again, with a later {@link
 * AlertTimes#sinceEpochMillis}; {@link #revision} then begins at 1 again.
 *
 * @param id lasting fingerprint of site, rule and scope; see {@link #fingerprint}
 * @param severity how bad it is
 * @param state whether it fires
 * @param contributors the largest consumers of it, the largest first: up to five nodes and five
 *     jobs
 * @param summary one sentence for a person
 * @param revision 1 when it fires, one more with each update and with its end
 */
public record Alert(
    String id,
    AlertSubject subject,
    Severity severity,
    AlertState state,
    AlertMeasurement measured,
    AlertTimes times,
    List<Contributor> contributors,
    String summary,
    int revision,
    AlertRouting routing) {

  /** An id has as many hexadecimal digits. */
  public static final int ID_CHARACTERS = 16;

  /**
   * Header of a record by which a person ends an alert; it holds the site. The watch takes it in;
   * of all other records of the topic it is the author.
   */
  public static final String CLEARED_HEADER = "cleared";

  public Alert {
    contributors = List.copyOf(contributors);
  }

  /** This alert when it is over, for a reason that is not in its figures. */
  public Alert cleared(long epochMillis, String why) {
    return new Alert(
        id,
        subject,
        severity,
        AlertState.RESOLVED,
        measured,
        times.endedAt(epochMillis),
        contributors,
        why,
        revision + 1,
        routing.uninhibited());
  }

  public Rule rule() {
    return subject.rule();
  }

  public String site() {
    return subject.site();
  }

  public String budget() {
    return subject.budget();
  }

  /** As {@link Scope#text}. */
  public String scope() {
    return subject.scope();
  }

  /** The id of all alerts of this rule about this scope: 16 hexadecimal digits. */
  public static String fingerprint(String site, Rule rule, Scope scope) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(
                  (site + "\0" + rule.label() + "\0" + scope.text())
                      .getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, ID_CHARACTERS / 2);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
