// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/** Kafka's own authorizer, which also notes what it was asked for and what it answered. */
public final class RecordingAuthorizer extends StandardAuthorizer {
  private static final Set<Use> PERMITTED = ConcurrentHashMap.newKeySet();
  private static final Set<Use> REFUSED = ConcurrentHashMap.newKeySet();

  /**
   * What somebody did, or tried to do.
   *
   * @param principal as {@code User:agent}
   */
  record Use(String principal, AclOperation operation, ResourceType type, String name) {}

  /** Of all brokers of this process, since {@link #forget}. */
  static Set<Use> permitted() {
    return Set.copyOf(PERMITTED);
  }

  /** Without what was only asked for, as which topics of all somebody may see. */
  static Set<Use> refused() {
    return Set.copyOf(REFUSED);
  }

  static void forget() {
    PERMITTED.clear();
    REFUSED.clear();
  }

  @Override
  public List<AuthorizationResult> authorize(
      AuthorizableRequestContext context, List<Action> actions) {
    List<AuthorizationResult> results = super.authorize(context, actions);
    for (int i = 0; i < actions.size(); i++) {
      Action action = actions.get(i);
      Use use =
          new Use(
              context.principal().toString(),
              action.operation(),
              action.resourcePattern().resourceType(),
              action.resourcePattern().name());
      if (results.get(i) == AuthorizationResult.ALLOWED) {
        PERMITTED.add(use);
      } else if (action.logIfDenied()) {
        REFUSED.add(use);
      }
    }
    return results;
  }
}
