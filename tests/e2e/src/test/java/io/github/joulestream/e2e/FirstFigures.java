// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.runtime.EpochClock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * How long it takes from the start of a site until its page shows a figure of power, and until that
 * is another one: what who waits for it sees. Printed and not checked, as other work of a machine
 * decides too.
 */
final class FirstFigures {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Looks at each frame of the screen, in each document that is opened. */
  private static final String WATCH =
      """
      (() => {
        const firsts = globalThis.firsts = [];
        let before = '';
        const look = () => {
          const figure = document.querySelector('.tile .big')?.textContent ?? '';
          if (figure !== before && /[0-9]/.test(figure)) {
            before = figure;
            firsts.push(Date.now());
          }
          if (firsts.length < 2) {
            requestAnimationFrame(look);
          }
        };
        requestAnimationFrame(look);
      })()
      """;

  private final Chromium chromium;
  private final String script;
  private final long began = EpochClock.system().epochMillis();

  private FirstFigures(Chromium chromium, String script) {
    this.chromium = chromium;
    this.script = script;
  }

  /** The time runs from now on; the page is opened later. */
  static FirstFigures from(Chromium chromium) {
    Map<String, Object> added =
        chromium.driver.executeCdpCommand(
            "Page.addScriptToEvaluateOnNewDocument", Map.of("source", WATCH));
    return new FirstFigures(chromium, String.valueOf(added.get("identifier")));
  }

  /**
   * Waits for both, and prints them.
   *
   * @param ready what the site says of itself
   */
  void print(String ready) {
    new WebDriverWait(chromium.driver, PATIENCE)
        .withMessage("the page has figures that move")
        .until(driver ->
            ((Number) requireNonNull(chromium.eval("globalThis.firsts.length"))).intValue() == 2);
    List<?> firsts = (List<?>) requireNonNull(chromium.eval("globalThis.firsts"));
    System.out.printf(
        Locale.ROOT,
        "up: %s; on the page the first figure after %.1f s, another one after %.1f s%n",
        ready,
        seconds(firsts.getFirst()),
        seconds(firsts.getLast()));
    chromium.driver.executeCdpCommand(
        "Page.removeScriptToEvaluateOnNewDocument", Map.of("identifier", script));
  }

  private double seconds(Object epochMillis) {
    return (((Number) epochMillis).longValue() - began) / 1e3;
  }
}
