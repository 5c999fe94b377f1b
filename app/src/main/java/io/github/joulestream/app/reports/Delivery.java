// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reports;

import io.github.joulestream.app.reports.WholeFiles.Written;
import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.order.MoreOfReport;
import io.github.joulestream.reports.render.JsonRenderer;
import io.github.joulestream.reports.render.JsonReport;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings a report to its target, and its data to the archive: all of it, or nothing.
 *
 * @param archive folder of the archive; empty: none
 * @param movedSince an earlier report; empty: the latest of the archive
 */
public record Delivery(ReportTarget target, Optional<Path> archive, Optional<Path> movedSince) {
  /**
   * Delivers it.
   *
   * @param carbon which emissions it has: reports of either are kept apart
   * @param out for a target that is standard output
   * @param doing gets what is being done
   * @return what was written where, as lines
   * @throws UserError if something cannot be read or written; then no file is under its name
   */
  public List<String> deliver(
      Report report, CarbonBasis.Scope carbon, PrintStream out, Consumer<String> doing) {
    try (WholeFiles files = new WholeFiles();
        ReportArchive kept = open(report, carbon)) {
      Report whole = withWhatMoved(report, kept, doing);
      doing.accept("writing the report");
      if (kept != null) {
        files.write(kept.nextFile(), stream -> new JsonRenderer().render(whole, stream));
      }
      if (target.isStandardOutput()) {
        target.print(whole, out);
      } else {
        target.write(whole, files);
      }
      List<String> lines = new ArrayList<>();
      for (Written written : files.commit()) {
        lines.add(
            "%s: %s"
                .formatted(
                    ShownText.of(written.file().toString()), Quantities.bytes(written.bytes())));
      }
      return lines;
    } catch (IOException e) {
      throw new UserError("the report cannot be written: " + e, e);
    }
  }

  private @Nullable ReportArchive open(Report report, CarbonBasis.Scope carbon) {
    String name = ReportTarget.name(report);
    return archive
        .map(folder ->
            ReportArchive.open(
                folder, carbon == CarbonBasis.Scope.DIRECT ? name + "-direct" : name))
        .orElse(null);
  }

  private Report withWhatMoved(
      Report report, @Nullable ReportArchive kept, Consumer<String> doing) {
    Report whole = report;
    if (kept != null) {
      String note =
          String.format(
              Locale.ROOT,
              "This is report %d of its kind, sites, period and scope in the archive.",
              kept.nextNumber());
      whole = MoreOfReport.notes(whole, List.of(note));
    }
    Optional<Path> earlier = movedSince.or(() -> kept == null ? Optional.empty() : kept.latest());
    if (earlier.isEmpty()) {
      return whole;
    }
    doing.accept("comparing with " + earlier.get());
    String name = String.valueOf(earlier.get().getFileName());
    return MoreOfReport.section(whole, Moved.section(read(earlier.get()), name, report));
  }

  private static Report read(Path file) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return JsonReport.read(in);
    } catch (IOException e) {
      throw new UserError(
          "%s cannot be read as an earlier report: %s".formatted(file, e.getMessage()), e);
    }
  }
}
