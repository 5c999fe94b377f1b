// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.model;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a table that are made when they are asked for, the same each time: of tables with so many
 * rows that they are not to be in memory all at once.
 */
public abstract class ComputedRows extends AbstractList<List<@Nullable Object>>
    implements RandomAccess {}
