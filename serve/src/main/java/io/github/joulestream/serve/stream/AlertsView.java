// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.api.AlertFigures;
import io.github.joulestream.serve.http.JsonText;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The alerts that viewers who see the same are sent: all of them, whenever one changes. */
final class AlertsView {
  private final Visibility visibility;
  private byte[] event = {};
  private long changedAt;
  private int firing;

  /** The event {@code alerts}. */
  private record Alerts(List<AlertFigures> alerts) {}

  AlertsView(Visibility visibility) {
    this.visibility = visibility;
  }

  /**
   * Takes in the alerts of the site.
   *
   * @return whether something changed
   */
  boolean update(List<Alert> alerts, Function<String, AlertFigures.Owner> owners, long frame) {
    List<AlertFigures> visible =
        alerts.stream()
            .map(alert -> AlertFigures.of(alert, visibility, owners))
            .flatMap(Optional::stream)
            .toList();
    firing = (int) visible.stream().filter(a -> a.state().equals(AlertState.FIRING.name())).count();
    byte[] now = JsonText.bytes(new Alerts(visible));
    if (Arrays.equals(event, now)) {
      return false;
    }
    event = now;
    changedAt = frame;
    return true;
  }

  /** How many of them fire. */
  int firing() {
    return firing;
  }

  /** The event for a client that has this frame; null if nothing changed since. */
  byte @Nullable [] changes(long base) {
    return base >= changedAt ? null : event;
  }
}
