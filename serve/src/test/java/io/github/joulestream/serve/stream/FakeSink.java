// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.serve.http.EventSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A client as the page is one: it applies events to what it has. Its decoder is written after the
 * document, and shares no code with the server.
 */
final class FakeSink implements EventSource.Sink {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** An event as it came. */
  record Received(String id, String event, String data, int at) {}

  final List<Received> received = new ArrayList<>();
  final Map<String, JsonNode> jobs = new TreeMap<>();
  List<String> names = List.of();
  List<String> order = List.of();
  JsonNode alerts = JSON.createArrayNode();
  JsonNode site = JSON.createObjectNode();
  int[][] cells = {};
  int total;
  boolean behind;
  boolean over;
  String lastId = "";

  /** After so many events it loses its connection. */
  int most = Integer.MAX_VALUE;

  @Override
  public boolean send(String id, String event, byte[] data) {
    if (over || isCut()) {
      return false;
    }
    String text = new String(data, UTF_8);
    received.add(new Received(id, event, text, received.size()));
    lastId = id.isEmpty() ? lastId : id;
    try {
      apply(event, JSON.readTree(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return true;
  }

  boolean isCut() {
    return received.size() >= most;
  }

  List<String> events() {
    return received.stream().map(Received::event).toList();
  }

  JsonNode job(String id) {
    return requireNonNull(jobs.get(id), id);
  }

  private void apply(String event, JsonNode data) {
    switch (event) {
      case "site" -> site = data;
      case "nodes" -> {
        names = new ArrayList<>();
        data.path("names").forEach(name -> names.add(name.textValue()));
        cells = new int[names.size()][];
      }
      case "cells" -> applyCells(data);
      case "jobs" -> applyJobs(data);
      case "alerts" -> alerts = data.path("alerts");
      default -> {}
    }
  }

  private void applyCells(JsonNode data) {
    byte[] bytes = Base64.getDecoder().decode(data.path("cells").textValue());
    int at = 0;
    if (data.path("full").booleanValue()) {
      cells = new int[data.path("count").intValue()][];
      for (int i = 0; i < cells.length; i++) {
        cells[i] = cell(bytes, at);
        at += 6;
      }
    } else {
      int position = -1;
      while (at < bytes.length) {
        int distance = 0;
        int shift = 0;
        int one;
        do {
          one = bytes[at++] & 0xff;
          distance += (one % 128) << shift;
          shift += 7;
        } while (one >= 128);
        position += distance;
        cells[position] = cell(bytes, at);
        at += 6;
      }
    }
    if (at != bytes.length) {
      throw new IllegalStateException(at + " of " + bytes.length);
    }
  }

  private static int[] cell(byte[] bytes, int at) {
    int[] cell = new int[6];
    for (int i = 0; i < 6; i++) {
      cell[i] = bytes[at + i] & 0xff;
    }
    return cell;
  }

  private void applyJobs(JsonNode data) {
    if (data.path("full").booleanValue()) {
      jobs.clear();
    }
    total = data.path("total").intValue();
    order = new ArrayList<>();
    for (JsonNode row : data.path("jobs")) {
      String job = row.path("job").textValue();
      order.add(job);
      Map<String, JsonNode> fields = new LinkedHashMap<>();
      JsonNode before = jobs.get(job);
      if (before != null) {
        before.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
      }
      row.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
      JsonNode end = fields.remove("recentEnd");
      if (end != null) {
        // the first of it is the last one so far, which has ended
        List<JsonNode> curve = new ArrayList<>();
        requireNonNull(fields.get("recent")).forEach(curve::add);
        curve.removeLast();
        end.forEach(curve::add);
        fields.put("recent", JSON.valueToTree(curve.subList(end.size() - 1, curve.size())));
      }
      jobs.put(job, JSON.valueToTree(fields));
    }
    data.path("gone").forEach(job -> jobs.remove(job.textValue()));
  }

  @Override
  public boolean isBehind() {
    return behind;
  }

  @Override
  public void close() {
    over = true;
  }
}
