// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import static java.util.Objects.requireNonNull;

import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.processor.internals.ProcessorNode;

/**
 * Lets a processor forward when its task commits. The public interface of Kafka Streams allows a
 * processor to forward from {@code process} and from a punctuation only. At a commit the context
 * has no current node, so this class sets it, as the record caches of Kafka Streams do.
 *
 * <p>It depends on internals of Kafka Streams ({@code InternalProcessorContext.setCurrentNode}),
 * like {@link CommitStore}, because results have to be in the transaction that commits the state
 * and the input that they follow from, and a public hook that runs before that commit and may
 * forward does not exist. {@code ArchitectureTest} keeps internals out of all other classes and
 * holds the release that this was written for; docs/decisions/0008 has the plan for the next one.
 */
public final class CommitScope {
  private final InternalProcessorContext<?, ?> context;
  private final ProcessorNode<?, ?, ?, ?> node;

  /** To be made in {@code init}. */
  public CommitScope(ProcessorContext<?, ?> context) {
    this.context = (InternalProcessorContext<?, ?>) context;
    this.node = requireNonNull(this.context.currentNode(), "not within init");
  }

  /** What may forward. */
  public Runnable of(Runnable emitter) {
    return () -> {
      ProcessorNode<?, ?, ?, ?> before = context.currentNode();
      context.setCurrentNode(node);
      try {
        emitter.run();
      } finally {
        context.setCurrentNode(before);
      }
    };
  }
}
