// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.streams.state.StateRecords;
import io.github.joulestream.streams.state.StateRecords.StateRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.ProcessorWrapper;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.WrappedFixedKeyProcessorSupplier;
import org.apache.kafka.streams.processor.api.WrappedProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Restores the stores of a topology before its processors begin, as Kafka Streams does from the
 * changelogs.
 */
public final class StateWrapper implements ProcessorWrapper {
  /** Configuration: a {@code Map<String, List<StateRecord>>} by store. */
  static final String RECORDS = "test.state.records";

  private static final Map<String, Set<String>> STORES =
      Map.of(
          "attribute-energy",
              Set.of(
                  "node-accounts",
                  "node-history",
                  "node-journal",
                  "nodes-set-aside",
                  "device-windows"),
          "total-jobs", Set.of("job-windows", "job-totals", "job-quarter-hours"),
          "total-sites", Set.of("site-windows"));

  private Map<String, List<StateRecord>> records = Map.of();

  static Map<String, List<StateRecord>> byStore(List<StateRecord> records) {
    return records.stream().collect(Collectors.groupingBy(StateRecord::store));
  }

  @Override
  @SuppressWarnings("unchecked")
  public void configure(Map<String, ?> configs) {
    records = (Map<String, List<StateRecord>>) requireNonNull(configs.get(RECORDS));
  }

  @Override
  public <K, V, K2, V2> WrappedProcessorSupplier<K, V, K2, V2> wrapProcessorSupplier(
      String name, ProcessorSupplier<K, V, K2, V2> supplier) {
    Set<String> stores = STORES.get(name);
    if (stores == null) {
      return ProcessorWrapper.asWrapped(supplier);
    }
    return new WrappedProcessorSupplier<>() {
      @Override
      public Processor<K, V, K2, V2> get() {
        return new Restored<>(supplier.get(), stores);
      }

      @Override
      public @Nullable Set<StoreBuilder<?>> stores() {
        return supplier.stores();
      }
    };
  }

  @Override
  public <K, V, V2> WrappedFixedKeyProcessorSupplier<K, V, V2> wrapFixedKeyProcessorSupplier(
      String name, FixedKeyProcessorSupplier<K, V, V2> supplier) {
    return ProcessorWrapper.asWrappedFixedKey(supplier);
  }

  private final class Restored<K, V, K2, V2> implements Processor<K, V, K2, V2> {
    private final Processor<K, V, K2, V2> processor;
    private final Set<String> stores;

    Restored(Processor<K, V, K2, V2> processor, Set<String> stores) {
      this.processor = processor;
      this.stores = stores;
    }

    @Override
    public void init(ProcessorContext<K2, V2> context) {
      for (String store : stores) {
        StateRecords.write(context.getStateStore(store), records.getOrDefault(store, List.of()));
      }
      processor.init(context);
    }

    @Override
    public void process(Record<K, V> record) {
      processor.process(record);
    }

    @Override
    public void close() {
      processor.close();
    }
  }
}
