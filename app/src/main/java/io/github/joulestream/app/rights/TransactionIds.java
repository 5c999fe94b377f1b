// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.rights;

/**
 * Transactional ids of commands: of two at a time under one id, the one that came first gives up.
 */
public final class TransactionIds {
  /** Changes of budgets. */
  public static final String BUDGETS = "joulestream-budgets";

  /** What ends or removes what is kept: alerts, nodes, sites, names of jobs. */
  public static final String FORGETTING = "joulestream-forgetting";

  /** Changes of the supply. */
  public static final String GRID = "joulestream-grid";

  private TransactionIds() {}
}
