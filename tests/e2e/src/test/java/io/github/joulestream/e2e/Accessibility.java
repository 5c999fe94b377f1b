// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.results.Results;
import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import java.util.Set;
import org.openqa.selenium.WebDriver;

/** What axe finds on the page that a browser shows. */
final class Accessibility {
  private Accessibility() {}

  /** Fails if something serious is found. */
  // the other mode opens a window for each check, which hides the page
  @SuppressWarnings("deprecation")
  static void check(WebDriver driver, String what) {
    Results results = new AxeBuilder().setLegacyMode(true).analyze(driver);
    assertThat(
            results.getViolations().stream()
                .filter(rule -> Set.of("serious", "critical").contains(rule.getImpact()))
                .map(Rule::toString)
                .toList())
        .as(what)
        .isEmpty();
  }
}
