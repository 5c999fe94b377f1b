// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.store.history.AlertRow;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An alert, as the document's {@code Alert}. */
public record AlertFigures(
    String id,
    String site,
    String rule,
    String scope,
    String budget,
    String severity,
    String state,
    @Nullable Double value,
    @Nullable Double limit,
    String unit,
    String since,
    String updated,
    @Nullable String ended,
    String summary,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<String> nodes) {

  /** What comes before the largest consumers in a summary, which may be jobs of anybody. */
  private static final String CONSUMERS = "; largest: ";

  /** Whose a job is. */
  public record Owner(String user, String project) {
    /** Of a job of which that is not known: nobody's. */
    public static final Owner NOBODY = new Owner("", "");
  }

  /**
   * An alert for a viewer; empty if it is about what they may not see.
   *
   * @param owners whose jobs are
   */
  public static Optional<AlertFigures> of(
      Alert alert, Visibility visibility, Function<String, Owner> owners) {
    if (!isVisible(alert.scope(), visibility, owners)) {
      return Optional.empty();
    }
    return Optional.of(
        new AlertFigures(
            alert.id(),
            alert.site(),
            alert.rule().label(),
            alert.scope(),
            alert.budget(),
            alert.severity().name(),
            alert.state().name(),
            finite(alert.measured().value()),
            finite(alert.measured().limit()),
            alert.measured().unit(),
            Times.text(alert.times().sinceEpochMillis()),
            Times.text(alert.times().updatedEpochMillis()),
            Times.textOrNull(alert.times().endedEpochMillis()),
            summary(alert.summary(), visibility),
            visibility.sites()
                ? alert.contributors().stream()
                    .filter(one -> one.kind() == Contributor.Consumer.NODE)
                    .map(Contributor::name)
                    .toList()
                : List.of()));
  }

  /** An alert of the past for a viewer, as {@link #of(Alert, Visibility, Function)}. */
  static Optional<AlertFigures> of(
      AlertRow row, Visibility visibility, Function<String, Owner> owners) {
    if (!isVisible(row.scope(), visibility, owners)) {
      return Optional.empty();
    }
    return Optional.of(
        new AlertFigures(
            row.id(),
            row.site(),
            row.rule(),
            row.scope(),
            row.budget(),
            row.severity(),
            row.state(),
            finite(row.value()),
            finite(row.limit()),
            row.unit(),
            Times.text(row.sinceEpochMillis()),
            Times.text(row.updatedEpochMillis()),
            Times.textOrNull(row.endedEpochMillis()),
            summary(row.summary(), visibility),
            null));
  }

  /** Whether what a scope is of may be shown. */
  static boolean isVisible(String text, Visibility visibility, Function<String, Owner> owners) {
    if (visibility.all()) {
      return true;
    }
    Scope scope;
    try {
      scope = Scope.parse(text);
    } catch (IllegalArgumentException e) {
      // of a later release: nobody knows whose it is
      return false;
    }
    return switch (scope.kind()) {
      case SITE, NODES, KIND, NODE, DEVICE -> visibility.sites();
      case USER -> visibility.isOwn(scope.name());
      case PROJECT -> visibility.sumOf(scope.name());
      case JOB -> {
        Owner owner = owners.apply(scope.name());
        yield visibility.job(owner.user(), owner.project());
      }
    };
  }

  private static String summary(String summary, Visibility visibility) {
    int consumers = summary.indexOf(CONSUMERS);
    return visibility.all() || consumers < 0 ? summary : summary.substring(0, consumers);
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? (Double) value : null;
  }
}
