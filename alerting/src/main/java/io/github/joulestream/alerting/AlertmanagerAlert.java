// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import java.util.Map;

/**
 * An alert as it is sent to Alertmanager. Its labels are its identity there.
 *
 * @param endsEpochMillis when it ends or ended, or {@link #NO_END} while it is active
 */
record AlertmanagerAlert(
    Map<String, String> labels,
    Map<String, String> annotations,
    String link,
    long startsEpochMillis,
    long endsEpochMillis) {
  static final long NO_END = -1;
}
