// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

/** Names of columns: lowerCamel in JSON, with underscores in CSV and in the store. */
final class Names {
  private Names() {}

  /** {@code meanWatts} as {@code mean_watts}. */
  static String snake(String camel) {
    StringBuilder snake = new StringBuilder(camel.length() + 4);
    for (int i = 0; i < camel.length(); i++) {
      char c = camel.charAt(i);
      if (Character.isUpperCase(c)) {
        snake.append('_').append(Character.toLowerCase(c));
      } else {
        snake.append(c);
      }
    }
    return snake.toString();
  }

  /** {@code mean_watts} as {@code meanWatts}. */
  static String camel(String snake) {
    StringBuilder camel = new StringBuilder(snake.length());
    boolean upper = false;
    for (int i = 0; i < snake.length(); i++) {
      char c = snake.charAt(i);
      if (c == '_') {
        upper = true;
      } else {
        camel.append(upper ? Character.toUpperCase(c) : c);
        upper = false;
      }
    }
    return camel.toString();
  }
}
