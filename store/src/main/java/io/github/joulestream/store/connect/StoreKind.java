// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.connect;

/** What kind of store it is, by the interface it speaks. */
public enum StoreKind {
  INFLUX1("InfluxDB 1.x"),
  INFLUX2("InfluxDB 2.x"),
  INFLUX3("InfluxDB 3"),
  QUESTDB("QuestDB");

  private final String words;

  StoreKind(String words) {
    this.words = words;
  }

  /** As people call it. */
  public String words() {
    return words;
  }
}
