// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

/** Says who asks. Implementations are used by many threads. */
public interface Access {
  /**
   * Who asks.
   *
   * @throws Refusal if it is not known, or may not be believed
   */
  Viewer viewer(Credentials credentials) throws Refusal;

  /** Whether totals of sites are for everybody who is known. */
  boolean sitesForAll();

  /**
   * How it works, for the line that is printed at the start: {@code tokens of FILE; OIDC of URL}.
   */
  String describe();

  /** It is not known who asks. The message may be shown: it holds no secret. */
  final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    public Refusal(String message) {
      super(message);
    }
  }
}
