// SPDX-License-Identifier: Apache-2.0
/**
 * Files of a site's supply as sites and providers write them: read, converted, checked, and
 * compared with what is known already.
 */
@NullMarked
package io.github.joulestream.reports.feed;

import org.jspecify.annotations.NullMarked;
