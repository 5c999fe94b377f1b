// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import static java.util.Objects.requireNonNull;

import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.processor.internals.ProcessorNode;

/**
 * Lets a processor forward when its task commits. Kafka Streams lets a processor forward while it
 * has a record or the time in hand; at a commit it has neither, and must say who it is, as the
 * caches of Kafka Streams itself do.
 */
final class CommitScope {
  private final InternalProcessorContext<?, ?> context;
  private final ProcessorNode<?, ?, ?, ?> node;

  /** To be made in {@code init}. */
  CommitScope(ProcessorContext<?, ?> context) {
    this.context = (InternalProcessorContext<?, ?>) context;
    this.node = requireNonNull(this.context.currentNode(), "not within init");
  }

  /** What may forward. */
  Runnable of(Runnable teller) {
    return () -> {
      ProcessorNode<?, ?, ?, ?> before = context.currentNode();
      context.setCurrentNode(node);
      try {
        teller.run();
      } finally {
        context.setCurrentNode(before);
      }
    };
  }
}
