// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Report;
import java.io.IOException;
import java.io.OutputStream;

/** A form of reports. */
public interface Renderer {
  /** Writes a report; does not close the stream. The same report has the same bytes. */
  void render(Report report, OutputStream out) throws IOException;
}
