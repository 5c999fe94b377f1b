// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** By how much the counters of a node rose: site and kind, µJ. Its last counters are one value. */
final class FlinkSteps extends KeyedProcessFunction<String, NodeCounters, Tuple2<String, Long>> {
  private static final long serialVersionUID = 1;

  @SuppressWarnings("NullAway.Init") // by open
  private transient ValueState<Map<String, Long>> lastMicrojoules;

  @Override
  public void open(OpenContext context) {
    lastMicrojoules =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("last", Types.MAP(Types.STRING, Types.LONG)));
  }

  @Override
  public void processElement(
      NodeCounters counters, Context context, Collector<Tuple2<String, Long>> out)
      throws Exception {
    Map<String, Long> last = lastMicrojoules.value();
    if (last == null) {
      last = new HashMap<>();
    }
    for (int i = 0; i < counters.devices.length; i++) {
      Long before = last.put(counters.devices[i], counters.lastMicrojoules[i]);
      long step =
          counters.lastMicrojoules[i] - (before == null ? counters.firstMicrojoules[i] : before);
      if (step != 0) {
        out.collect(Tuple2.of(counters.kinds[i], step));
      }
    }
    lastMicrojoules.update(last);
  }
}
