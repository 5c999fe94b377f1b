// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reports;

import io.github.joulestream.reports.model.Meta;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.order.ReportForm;
import io.github.joulestream.reports.render.CsvRenderer;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Where a report goes, and in which form: a file, a folder with a file for each table, or out. */
public final class ReportTarget {
  private final ReportForm form;
  private final Optional<Path> out;
  private final boolean folder;

  private ReportTarget(ReportForm form, Optional<Path> out, boolean folder) {
    this.form = form;
    this.out = out;
    this.folder = folder;
  }

  /**
   * Checks it before work begins.
   *
   * @param out a file or folder, which is there or ends with a slash; empty: standard output
   * @param terminal whether standard output is one
   * @throws UserError if the form is not known, or nothing can be written there
   */
  public static ReportTarget of(
      Optional<String> out, Optional<ReportForm> asked, BooleanSupplier terminal) {
    Optional<Path> path = out.map(Path::of);
    boolean slash = out.isPresent() && out.get().endsWith("/");
    boolean folder = slash || path.filter(Files::isDirectory).isPresent();
    ReportForm form = ReportForm.choose(asked, path, folder);
    folder |=
        form == ReportForm.CSV
            && path.isPresent()
            && !Files.exists(path.get())
            && ReportForm.of(path.get()).isEmpty();
    if (path.isEmpty()) {
      if (form == ReportForm.PDF && terminal.getAsBoolean()) {
        throw UserError.usage("a PDF is not for a terminal: give --out FILE.pdf");
      }
    } else {
      checkPlace(path.get(), folder);
    }
    return new ReportTarget(form, path, folder);
  }

  private static void checkPlace(Path path, boolean folder) {
    Path place = path.toAbsolutePath();
    if (folder && Files.exists(place) && !Files.isDirectory(place)) {
      throw UserError.usage("--out %s is a file, not a folder".formatted(path));
    }
    Path parent = folder ? existing(place) : place.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw UserError.usage("--out %s: there is no folder %s".formatted(path, parent));
    }
    if (!Files.isWritable(parent) && !(Files.exists(place) && !Files.isRegularFile(place))) {
      throw UserError.usage("--out %s: %s cannot be written to".formatted(path, parent));
    }
  }

  /** The folder itself, or the nearest above it that is there. */
  private static Path existing(Path folder) {
    Path path = folder;
    while (!Files.exists(path) && path.getParent() != null) {
      path = path.getParent();
    }
    return path;
  }

  /** Whether it goes to standard output. */
  public boolean isStandardOutput() {
    return out.isEmpty();
  }

  /** Writes it, to files that appear when they are committed. */
  public void write(Report report, WholeFiles files) throws IOException {
    Path path = out.orElseThrow();
    if (!folder) {
      files.write(path, stream -> render(report, stream));
      return;
    }
    Files.createDirectories(path);
    if (form != ReportForm.CSV) {
      Path file = path.resolve(name(report) + "." + form.ending());
      files.write(file, stream -> form.renderer().render(report, stream));
      return;
    }
    CsvRenderer csv = new CsvRenderer();
    for (Map.Entry<String, Table> table : CsvRenderer.tables(report).entrySet()) {
      files.write(
          path.resolve(table.getKey() + ".csv"),
          stream -> csv.render(report, table.getValue(), stream));
    }
  }

  /** Writes it to standard output. */
  public void print(Report report, PrintStream stream) throws IOException {
    render(report, stream);
    if (stream.checkError()) {
      throw new IOException("standard output takes no more");
    }
  }

  private void render(Report report, OutputStream stream) throws IOException {
    if (form == ReportForm.CSV) {
      new CsvRenderer().render(report, oneTable(report), stream);
    } else {
      form.renderer().render(report, stream);
    }
  }

  /** A file of CSV has one table: that of the kind's name, or the only one. */
  private static Table oneTable(Report report) {
    Map<String, Table> tables = CsvRenderer.tables(report);
    Table main =
        tables.size() == 1 ? tables.values().iterator().next() : tables.get(report.meta().kind());
    if (main == null) {
      throw UserError.usage(
          "the report has the tables %s, and CSV is one a file: give --out FOLDER/"
              .formatted(String.join(", ", tables.keySet())));
    }
    return main;
  }

  /** {@code director-dc1-2026-10}: kind, sites, period and scope, safe as the name of a file. */
  static String name(Report report) {
    Meta meta = report.meta();
    String name = "%s-%s-%s".formatted(meta.kind(), String.join("+", meta.sites()), meta.period());
    return ReportArchive.safe(meta.scope().isEmpty() ? name : name + "-" + meta.scope());
  }
}
