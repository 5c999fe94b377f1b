// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.HtmlText;
import io.github.joulestream.serve.http.Problem;
import java.util.Locale;

/** A problem as a page, for people who opened in their browser what programs ask for. */
final class ProblemPage {
  private ProblemPage() {}

  /** Whether a browser asks that shows the answer by itself: programs do not name this type. */
  static boolean isWanted(ApiRequest request) {
    return request.header("Accept").filter(types -> types.contains("text/html")).isPresent();
  }

  static Answer of(Problem problem) {
    // no style: the content security policy of answers allows none within a page
    String html =
        """
        <!DOCTYPE html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <meta name="color-scheme" content="light dark">
        <title>%1$s - Joulestream</title>
        <main><h1>%1$s</h1><p>%2$s</p><p><a href="/reports">Reports</a></p></main>
        </html>
        """
            .formatted(HtmlText.escaped(problem.title()), HtmlText.escaped(sentence(problem)));
    return new Answer(
        problem.status(),
        new Answer.Bytes("text/html; charset=utf-8", html.getBytes(UTF_8), ""),
        null,
        null,
        null);
  }

  private static String sentence(Problem problem) {
    String detail = problem.detail();
    String parameter = problem.parameter();
    String text = parameter == null ? detail : parameter + ": " + detail;
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ".";
  }
}
