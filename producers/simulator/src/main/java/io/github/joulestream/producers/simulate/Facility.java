// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

/**
 * Power of a site for its nodes, in the order in which it flows: the outputs of two PDUs, which
 * supply the nodes and the switches between them, the outputs of the UPSs before them, and the site
 * as a whole, with the losses of both and cooling and lighting, which go by the hour: cooling takes
 * least before sunrise and most in the afternoon. Mutable; one thread.
 */
final class Facility {
  static final int PDUS = 2;
  static final int UPSS = 2;

  // a node's share of the switches: ten ports of 400 Gb/s, about 30 W each with their optics
  private static final long NETWORK_MILLIWATTS_PER_NODE = 300_000;
  // cables, breakers and transformers of a PDU lose 1 %
  private static final double PDU_EFFICIENCY = 0.99;
  // double conversion: 95 % at little load, 97 % from half of it on
  private static final double UPS_LEAST_EFFICIENCY = 0.95;
  private static final double UPS_MOST_EFFICIENCY = 0.97;
  private static final double UPS_LOAD_OF_MOST = 0.5;
  // each UPS could supply all nodes alone
  private static final double UPS_MILLIWATTS_PER_NODE = 9_000_000;
  // the inputs of a pair are never equal
  private static final double FIRST_UPS_SHARE = 0.52;
  // power of cooling for each watt of the nodes and the network, at the coolest hour and more later
  private static final double COOLING_LEAST = 0.065;
  private static final double COOLING_SWING = 0.12;

  private final Day day;
  private final long[] pduMilliwatts = new long[PDUS];
  private final long[] upsMilliwatts = new long[UPSS];
  private long milliwatts;

  Facility(Day day) {
    this.day = day;
  }

  /**
   * Its power from now on.
   *
   * @param nodesMilliwatts power of the nodes at each PDU
   * @param nodes how many there are at each
   */
  void supply(long[] nodesMilliwatts, int[] nodes) {
    double itMilliwatts = 0;
    double inputs = 0;
    int all = 0;
    for (int i = 0; i < PDUS; i++) {
      pduMilliwatts[i] = nodesMilliwatts[i] + nodes[i] * NETWORK_MILLIWATTS_PER_NODE;
      itMilliwatts += pduMilliwatts[i];
      inputs += pduMilliwatts[i] / PDU_EFFICIENCY;
      all += nodes[i];
    }
    long outputs = (long) Math.ceil(inputs);
    upsMilliwatts[0] = (long) (outputs * FIRST_UPS_SHARE);
    upsMilliwatts[1] = outputs - upsMilliwatts[0];
    double load = outputs / (UPSS * all * UPS_MILLIWATTS_PER_NODE);
    double efficiency =
        UPS_LEAST_EFFICIENCY
            + (UPS_MOST_EFFICIENCY - UPS_LEAST_EFFICIENCY) * Math.min(1, load / UPS_LOAD_OF_MOST);
    double cooling = itMilliwatts * (COOLING_LEAST + COOLING_SWING * day.warmth());
    milliwatts = (long) Math.ceil(outputs / efficiency + cooling);
  }

  /** Power at the output of a PDU, mW. */
  long pduMilliwatts(int pdu) {
    return pduMilliwatts[pdu];
  }

  /** Power at the output of a UPS, mW. */
  long upsMilliwatts(int ups) {
    return upsMilliwatts[ups];
  }

  /** Power at the site's meter, mW. */
  long milliwatts() {
    return milliwatts;
  }
}
