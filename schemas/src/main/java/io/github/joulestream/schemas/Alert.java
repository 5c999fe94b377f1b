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
 * same trouble has the same id when it comes again, with a later {@link #sinceEpochMillis}; {@link
 * #revision} then begins at 1 again.
 *
 * @param id lasting fingerprint of site, rule and scope; see {@link #fingerprint}
 * @param rule what is wrong
 * @param budget the budget's id, or empty where there is none
 * @param scope what it is about, as {@link Scope#text}
 * @param severity how bad it is
 * @param state whether it holds
 * @param value the figure that is wrong, in {@code unit}
 * @param limit what it should stay under, in {@code unit}
 * @param unit {@code W}, {@code J}, {@code s}, {@code ratio}, {@code nodes} or {@code deviations}
 * @param thresholdPercent the highest threshold of the limit that is passed; 100 without budget
 * @param sinceEpochMillis since when it has held, of the data, Unix epoch, milliseconds
 * @param updatedEpochMillis when this was found, of the data
 * @param endedEpochMillis when it was found to be over, or {@link #OPEN}
 * @param completenessBasisPoints nodes of the scope that report, of those known, in basis points
 *     (1/10,000)
 * @param contributors who draws most of it, the largest first: up to five nodes and five jobs
 * @param summary one sentence for a person
 * @param revision 1 when it fires, one more with each update and with its end
 * @param inhibitedBy the id of an alert that says the same of something larger, or empty; while it
 *     is not empty this one is not sent to people
 * @param owner who answers for it, or empty
 * @param note of the budget, or empty
 */
public record Alert(
    String id,
    Rule rule,
    String site,
    String budget,
    String scope,
    Severity severity,
    AlertState state,
    double value,
    double limit,
    String unit,
    int thresholdPercent,
    long sinceEpochMillis,
    long updatedEpochMillis,
    long endedEpochMillis,
    int completenessBasisPoints,
    List<Contributor> contributors,
    String summary,
    int revision,
    String inhibitedBy,
    String owner,
    String note) {

  /** An id has as many hexadecimal digits. */
  public static final int ID_CHARACTERS = 16;

  /** In place of an end: it holds. */
  public static final long OPEN = -1;

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
        rule,
        site,
        budget,
        scope,
        severity,
        AlertState.RESOLVED,
        value,
        limit,
        unit,
        thresholdPercent,
        sinceEpochMillis,
        epochMillis,
        epochMillis,
        completenessBasisPoints,
        contributors,
        why,
        revision + 1,
        "",
        owner,
        note);
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
