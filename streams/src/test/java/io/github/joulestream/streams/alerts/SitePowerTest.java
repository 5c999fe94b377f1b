// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.alerts.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Sums that are kept up by differences are those that one gets by adding everything up anew. */
class SitePowerTest {
  private static final long SEED = Long.getLong("laws.seed", 7_004);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 200);
  private static final long START = 1_700_000_000_000L;

  private record Sum(long milliwatts, int nodes, int absent) {}

  @Test
  void whateverHappens_theSumsAreThoseOfTheNodes() {
    System.out.println("SitePowerTest seed " + SEED);
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      SitePower power = new SitePower();
      Map<String, SitePower.Payer> payers = new HashMap<>();
      for (int i = 0; i < 200; i++) {
        String name = "n" + random.nextInt(8);
        AlertedNode node = power.node(name);
        switch (random.nextInt(12)) {
          case 0 -> power.setLabels(name, Map.of("rack", "r" + random.nextInt(3)));
          case 1 -> power.removeLabels(name);
          case 2 -> {
            String job = "j" + random.nextInt(6);
            SitePower.Payer payer =
                new SitePower.Payer("u" + random.nextInt(3), "p" + random.nextInt(2));
            payers.put(job, payer);
            power.setPayer(job, payer);
          }
          case 3 -> {
            String job = "j" + random.nextInt(6);
            payers.remove(job);
            power.removePayer(job);
          }
          case 4 -> {
            if (node != null && node.presence == AlertedNode.Presence.REPORTING) {
              power.markSilent(node);
            }
          }
          case 5 -> {
            if (node != null && node.presence != AlertedNode.Presence.GONE) {
              power.markGone(node);
            }
          }
          case 6 -> {
            if (node != null && random.nextInt(4) == 0) {
              power.remove(node);
            }
          }
          default -> power.update(any(name, random), START + i);
        }
        assertSums(power, payers);
      }
    }
  }

  private static NodePower any(String name, Random random) {
    List<JobPower> jobs = new ArrayList<>();
    Set<String> held = new HashSet<>();
    for (int j = random.nextInt(4); j > 0; j--) {
      String job = "j" + random.nextInt(6);
      if (held.add(job)) {
        jobs.add(
            new JobPower(job, random.nextInt(1_000), random.nextInt(80_000), random.nextInt(9)));
      }
    }
    return new NodePower(
        name,
        START,
        random.nextInt(10_000),
        List.of((long) random.nextInt(500), (long) random.nextInt(500)),
        0,
        jobs,
        List.of());
  }

  private static void assertSums(SitePower power, Map<String, SitePower.Payer> payers) {
    Map<Scope, Sum> expected = new HashMap<>();
    Map<Scope, Long> held = new HashMap<>();
    for (AlertedNode node : power.nodes()) {
      boolean counts = node.presence != AlertedNode.Presence.GONE;
      Map<Scope, Long> shares = new HashMap<>();
      shares.put(Scope.SITE, node.power.totalMilliwatts());
      for (DeviceKind kind : DeviceKind.values()) {
        shares.put(Scope.kind(kind), node.power.milliwatts(kind));
      }
      node.labels.forEach(
          (label, value) -> shares.put(Scope.nodes(label, value), node.power.totalMilliwatts()));
      if (counts) {
        for (JobPower job : node.power.jobs()) {
          shares.merge(Scope.job(job.job()), job.milliwatts(), Long::sum);
          held.merge(Scope.job(job.job()), (long) job.gpuBasisPoints(), Long::sum);
          SitePower.Payer payer = payers.get(job.job());
          if (payer != null) {
            shares.merge(Scope.user(payer.user()), job.milliwatts(), Long::sum);
            shares.merge(Scope.project(payer.project()), job.milliwatts(), Long::sum);
          }
        }
      }
      int absent = node.presence == AlertedNode.Presence.REPORTING ? 0 : 1;
      shares.forEach((scope, milliwatts) ->
          expected.merge(
              scope,
              new Sum(counts ? milliwatts : 0, 1, absent),
              (a, b) ->
                  new Sum(a.milliwatts + b.milliwatts, a.nodes + b.nodes, a.absent + b.absent)));
    }
    Map<Scope, Sum> found = new HashMap<>();
    for (ScopePower sum : power.all()) {
      if (!sum.nodes.isEmpty()) {
        found.put(sum.scope, new Sum(sum.milliwatts, sum.nodes.size(), sum.absent));
        if (sum.scope.kind() == Scope.Kind.JOB) {
          assertThat(sum.gpuBasisPoints).isEqualTo(held.getOrDefault(sum.scope, 0L));
        }
      } else {
        assertThat(sum.milliwatts).isZero();
      }
    }
    assertThat(found).isEqualTo(expected);
  }
}
