// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import java.util.function.BooleanSupplier;

/**
 * Who asks, as one kind of credential has it.
 *
 * @param viewer before projects and roles of the file of groups
 * @param untilEpochMillis when the credential expires; {@link Long#MAX_VALUE} if it does not
 * @param holds whether it has not been withdrawn since
 */
record Identity(Viewer viewer, long untilEpochMillis, BooleanSupplier holds) {}
