// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import java.util.Map;

/**
 * One alert of Alertmanager's. Its labels are its identity there.
 *
 * @param endsEpochMillis when it ends or ended, or {@link #NO_END}: while it is sent again and
 *     again
 */
record AlertmanagerAlert(
    Map<String, String> labels,
    Map<String, String> annotations,
    String link,
    long startsEpochMillis,
    long endsEpochMillis) {
  static final long NO_END = -1;
}
