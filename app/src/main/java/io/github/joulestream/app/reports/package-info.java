// SPDX-License-Identifier: Apache-2.0
/**
 * What the command {@code report} does besides the reports: arguments, site file, files, archive.
 */
@NullMarked
package io.github.joulestream.app.reports;

import org.jspecify.annotations.NullMarked;
