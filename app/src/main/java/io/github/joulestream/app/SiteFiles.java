// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.reports.eed.EedKeys;
import io.github.joulestream.reports.order.SiteFile;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.UserError;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads site files. */
final class SiteFiles {
  private SiteFiles() {}

  /**
   * Reads one.
   *
   * @param err gets a line for each thing that is wrong
   * @throws UserError if something is
   */
  static SiteFile read(Path file, PrintWriter err) {
    List<String> errors = new ArrayList<>();
    SiteFile read = SiteFile.read(file, EedKeys::wrong, errors);
    if (!errors.isEmpty()) {
      errors.forEach(err::println);
      throw UserError.usage(
          "%s has %s; correct %s and try again"
              .formatted(
                  file,
                  Quantities.count(errors.size(), "error"),
                  errors.size() == 1 ? "it" : "them"));
    }
    return read;
  }
}
