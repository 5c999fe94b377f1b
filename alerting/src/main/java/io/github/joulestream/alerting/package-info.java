// SPDX-License-Identifier: Apache-2.0
/**
 * Delivery of alerts from their topic to Alertmanager and to a webhook, at least once and in order.
 */
@NullMarked
package io.github.joulestream.alerting;

import org.jspecify.annotations.NullMarked;
