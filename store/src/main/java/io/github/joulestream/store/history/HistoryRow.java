// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.joulestream.store.ResultRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row that arrives as an array of JSON. One object for all rows of an answer: its values are
 * those of the row that was read last.
 */
public final class HistoryRow implements ResultRow {
  private static final Object NUMBER = new Object();
  private static final Object REAL = new Object();

  private Map<String, Integer> columns = Map.of();
  private int valuesInRow;
  // a text, NUMBER, REAL, or null
  private @Nullable Object[] texts = new Object[0];
  private long[] numbers = new long[0];
  private double[] reals = new double[0];

  /**
   * The columns of the rows to come.
   *
   * @param names of the values of a row, in their order
   * @param constants texts that all these rows have, by column
   */
  public void header(List<String> names, Map<String, String> constants) {
    valuesInRow = names.size();
    List<String> all = new ArrayList<>(names);
    all.addAll(constants.keySet());
    if (texts.length < all.size()) {
      texts = new Object[all.size()];
      numbers = new long[all.size()];
      reals = new double[all.size()];
    }
    Arrays.fill(texts, null);
    Map<String, Integer> positions = HashMap.newHashMap(all.size());
    for (String name : all) {
      positions.put(name, positions.size());
    }
    columns = positions;
    constants.forEach((name, text) -> texts[index(name)] = text);
  }

  /**
   * Reads the next row.
   *
   * @param json at the start of its array; at its end afterwards
   */
  public void read(JsonParser json) throws IOException {
    for (int i = 0; i < valuesInRow; i++) {
      JsonToken token = json.nextToken();
      if (token == null) {
        throw new IOException("it ended an answer in a row");
      }
      switch (token) {
        case VALUE_NUMBER_INT -> {
          texts[i] = NUMBER;
          numbers[i] = json.getLongValue();
        }
        case VALUE_NUMBER_FLOAT -> {
          texts[i] = REAL;
          reals[i] = json.getDoubleValue();
        }
        case VALUE_STRING -> texts[i] = json.getText();
        case VALUE_NULL -> texts[i] = null;
        default -> throw new IOException("its answer has a row with " + token);
      }
    }
    if (json.nextToken() != JsonToken.END_ARRAY) {
      throw new IOException(
          "its answer has a row that does not end after %d values".formatted(valuesInRow));
    }
  }

  /** The row that was read last, which stays as it is. */
  HistoryRow copy() {
    HistoryRow copy = new HistoryRow();
    copy.columns = columns;
    copy.valuesInRow = valuesInRow;
    int length = columns.size();
    copy.texts = Arrays.copyOf(texts, length);
    copy.numbers = Arrays.copyOf(numbers, length);
    copy.reals = Arrays.copyOf(reals, length);
    return copy;
  }

  /** Sets the value of a column of {@link #header}. */
  void set(int index, long number) {
    texts[index] = NUMBER;
    numbers[index] = number;
  }

  /** As {@link #set(int, long)}, of a number with a fraction. */
  void setReal(int index, double number) {
    texts[index] = REAL;
    reals[index] = number;
  }

  /** As {@link #set(int, long)}: there is nothing in it. */
  void setNothing(int index) {
    texts[index] = null;
  }

  /** True if there is a number in it that was not written as a whole one. */
  boolean isReal(String column) {
    int index = index(column);
    return index >= 0 && texts[index] == REAL;
  }

  /** False where the row has no such column, or nothing in it. */
  public boolean has(String column) {
    int index = index(column);
    return index >= 0 && texts[index] != null;
  }

  @Override
  public long number(String column) {
    int index = index(column);
    if (index < 0 || texts[index] == null) {
      return 0;
    }
    if (texts[index] == NUMBER) {
      return numbers[index];
    }
    // a whole number that is written with an exponent
    return texts[index] == REAL && reals[index] == (long) reals[index]
        ? (long) reals[index]
        : notANumber(column);
  }

  private long notANumber(String column) {
    throw new IllegalArgumentException("no whole number in " + column);
  }

  @Override
  public double real(String column) {
    int index = index(column);
    if (index < 0 || texts[index] == null) {
      return 0;
    }
    return texts[index] == REAL ? reals[index] : number(column);
  }

  @Override
  public String text(String column) {
    int index = index(column);
    return index >= 0 && texts[index] instanceof String text ? text : "";
  }

  private int index(String column) {
    return columns.getOrDefault(column, -1);
  }
}
