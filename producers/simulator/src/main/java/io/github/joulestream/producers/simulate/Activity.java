// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

/** Use of each GPU of a job and of their share of the node, in one step. Mutable. */
final class Activity {
  /** Busy share of a GPU, as its driver would report it, 0 to 1. */
  double busy;

  /** Power of a GPU above idle, as a share of what there is. */
  double power;

  /** Load of the processors by its data and its program, beyond what comes with busy GPUs. */
  double host;

  /** Load of the network and of NVLink. */
  double traffic;

  boolean reads;
  boolean writes;

  void set(double newBusy, double newPower, double newHost, double newTraffic) {
    busy = newBusy;
    power = newPower;
    host = newHost;
    traffic = newTraffic;
    reads = false;
    writes = false;
  }
}
