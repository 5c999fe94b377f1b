// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request that is not answered as it was asked: RFC 9457, Problem Details for HTTP APIs. What it
 * says is shown to who asked, so it holds nothing that they may not see.
 */
public final class Problem extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String title;
  private final @Nullable String parameter;
  private final transient @Nullable Duration retryAfter;

  private Problem(
      int status,
      String title,
      String detail,
      @Nullable String parameter,
      @Nullable Duration retryAfter) {
    super(detail);
    this.status = status;
    this.title = title;
    this.parameter = parameter;
    this.retryAfter = retryAfter;
  }

  /** 400: a parameter is wrong. */
  public static Problem parameter(String name, String detail) {
    return new Problem(400, "A parameter is wrong", detail, name, null);
  }

  /** 404: there is nothing, or nothing that who asks may see. */
  public static Problem notFound(String detail) {
    return new Problem(404, "Not found", detail, null, null);
  }

  /** 422: a range of time or a number of rows beyond what is answered. */
  public static Problem tooMuch(String parameter, String detail) {
    return new Problem(422, "Too much at once", detail, parameter, null);
  }

  /** 503: for the moment it cannot be answered, as the store cannot be reached. */
  public static Problem unavailable(String detail, Duration retryAfter) {
    return new Problem(503, "Not available now", detail, null, retryAfter);
  }

  /** Any other. */
  public static Problem of(int status, String title, String detail) {
    return new Problem(status, title, detail, null, null);
  }

  /** 429: too many requests. */
  public static Problem tooMany(String detail, Duration retryAfter) {
    return new Problem(429, "Too many requests", detail, null, retryAfter);
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  /** What is wrong, as a sentence. */
  public String detail() {
    return String.valueOf(getMessage());
  }

  /** The parameter that is wrong, if one is. */
  public @Nullable String parameter() {
    return parameter;
  }

  /** After which time it may be tried again, if that helps. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
