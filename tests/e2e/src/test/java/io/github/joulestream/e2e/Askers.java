// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Viewers of one role who ask a served site at the same time, each one thing after the other: what
 * a viewer may ask at once is limited.
 */
final class Askers {
  /** What is to be seen of an answer; never called twice at once. */
  @FunctionalInterface
  interface Look {
    void at(String request, ServedSite.Answer answer);
  }

  /** Answers that take long are refused if more are being made: reports, usage. */
  private static final int OF_A_KIND = 2;

  private static final long SEED = 21;

  private final ServedSite site;
  private final List<String> tokens;
  private final Map<String, Semaphore> turnsOf = new ConcurrentHashMap<>();
  private final Map<String, LongSummaryStatistics> millis = new TreeMap<>();

  /**
   * @param tokens of the viewers
   */
  Askers(ServedSite site, List<String> tokens) {
    this.site = site;
    this.tokens = List.copyOf(tokens);
  }

  /** Any one of them. */
  String one() {
    return tokens.getFirst();
  }

  /** Asks each of the requests once, in an order of chance, so that those of a path are apart. */
  void ask(List<String> all, Look look) throws Exception {
    List<String> requests = new ArrayList<>(all);
    Collections.shuffle(requests, new Random(SEED));
    AtomicInteger next = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> workers = new ArrayList<>();
      for (String token : tokens) {
        workers.add(
            threads.submit(() -> {
              for (int i = next.getAndIncrement();
                  i < requests.size();
                  i = next.getAndIncrement()) {
                ask(token, requests.get(i), look);
              }
              return null;
            }));
      }
      for (Future<?> each : workers) {
        each.get();
      }
    }
  }

  private void ask(String token, String request, Look look) throws Exception {
    String kind = kind(request);
    Semaphore turns = turnsOf.computeIfAbsent(kind, _ -> new Semaphore(OF_A_KIND));
    turns.acquire();
    try {
      long began = System.nanoTime();
      ServedSite.Answer answer = site.get(token, request);
      long took = (System.nanoTime() - began) / 1_000_000;
      synchronized (this) {
        millis
            .computeIfAbsent(answer.status() + " " + kind, _ -> new LongSummaryStatistics())
            .accept(took);
        look.at(request, answer);
      }
    } finally {
      turns.release();
    }
  }

  /** Its path without names. */
  private static String kind(String request) {
    String[] parts = request.replaceFirst("\\?.*", "").split("/");
    StringBuilder kind = new StringBuilder();
    for (int i = 1; i < parts.length; i++) {
      kind.append('/').append(i <= 3 ? parts[i] : "*");
    }
    return kind.toString();
  }

  /**
   * How long answers took: in all, and of the ten kinds of paths that took the longest together.
   */
  synchronized String times() {
    LongSummaryStatistics all = new LongSummaryStatistics();
    millis.values().forEach(all::combine);
    return String.format(
            Locale.ROOT,
            "%,d requests, %.1f ms each, most %,d ms; longest together:%n",
            all.getCount(),
            all.getAverage(),
            all.getMax())
        + millis.entrySet().stream()
            .sorted(
                Comparator.comparingLong(
                        (Map.Entry<String, LongSummaryStatistics> each) -> each.getValue().getSum())
                    .reversed())
            .limit(10)
            .map(each ->
                String.format(
                    Locale.ROOT,
                    "  %,6d ms, %,4d times: %s%n",
                    each.getValue().getSum(),
                    each.getValue().getCount(),
                    each.getKey()))
            .collect(Collectors.joining());
  }
}
