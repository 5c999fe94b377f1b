// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.questdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.PrivateFiles;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.schemas.catalogue.Retention;
import io.questdb.Bootstrap;
import io.questdb.DefaultBootstrapConfiguration;
import io.questdb.ServerMain;
import io.questdb.cairo.CairoEngine;
import io.questdb.cairo.sql.TableMetadata;
import io.questdb.griffin.SqlException;
import io.questdb.network.NetworkError;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A QuestDB in this process, on the loopback address: the store where none is configured. It takes
 * the InfluxDB line protocol over HTTP, so the writer is the same code as for InfluxDB, and answers
 * SQL over HTTP. What it holds survives the process.
 *
 * <p>Tables are made from the catalogue, with {@code DEDUP UPSERT KEYS} on time and tags: writing a
 * point again changes nothing.
 */
public final class EmbeddedQuestDb implements AutoCloseable {
  /**
   * How much a file grows by. By default it is 16 MiB for each column of each month, and 1 MiB for
   * each column that is being written: gigabytes for a site of a few nodes. The tables here have
   * hundreds of columns and few rows a second. The memory for rows out of order is taken likewise.
   */
  private static final Map<String, String> SMALL_FILES =
      Map.of(
          "QDB_CAIRO_WRITER_DATA_APPEND_PAGE_SIZE", "64k",
          "QDB_CAIRO_WRITER_DATA_INDEX_VALUE_APPEND_PAGE_SIZE", "64k",
          "QDB_CAIRO_WRITER_DATA_INDEX_KEY_APPEND_PAGE_SIZE", "16k",
          "QDB_CAIRO_SYSTEM_WRITER_DATA_APPEND_PAGE_SIZE", "16k",
          "QDB_CAIRO_WAL_WRITER_DATA_APPEND_PAGE_SIZE", "64k",
          "QDB_CAIRO_WAL_WRITER_EVENT_APPEND_PAGE_SIZE", "16k",
          "QDB_CAIRO_O3_COLUMN_MEMORY_SIZE", "256k",
          "QDB_CAIRO_SYSTEM_O3_COLUMN_MEMORY_SIZE", "64k");

  private final ServerMain server;
  private final SuspendedTables suspended;
  private final int port;

  private EmbeddedQuestDb(ServerMain server, SuspendedTables suspended, int port) {
    this.server = server;
    this.suspended = suspended;
    this.port = port;
  }

  /**
   * Starts it and returns when it takes requests.
   *
   * @param folder its data; one process at a time
   * @param port for HTTP, or 0 for any free one
   * @throws BindException if the port is taken
   * @throws IOException if it does not start
   */
  public static EmbeddedQuestDb start(Path folder, int port) throws IOException {
    PrivateFiles.folder(folder.resolve("conf"));
    PrivateFiles.folder(folder.resolve("log"));
    Files.writeString(
        folder.resolve("conf").resolve("log.conf"),
        """
        writers=file
        w.file.class=io.questdb.log.LogFileWriter
        w.file.location=%s
        w.file.level=ERROR,CRITICAL
        """
            .formatted(folder.resolve("log").resolve("questdb.log")));
    Files.writeString(folder.resolve("conf").resolve("server.conf"), "");
    Map<String, String> settings = new HashMap<>();
    settings.put("QDB_HTTP_BIND_TO", "127.0.0.1:" + port);
    settings.put("QDB_HTTP_MIN_ENABLED", "false");
    settings.put("QDB_PG_ENABLED", "false");
    settings.put("QDB_LINE_TCP_ENABLED", "false");
    settings.put("QDB_TELEMETRY_ENABLED", "false");
    // its workers look for work all the time by default: here they sleep soon, for a moment
    settings.put("QDB_SHARED_WORKER_COUNT", "1");
    settings.put("QDB_WAL_APPLY_WORKER_COUNT", "1");
    for (String pool : List.of("SHARED", "WAL_APPLY", "EXPORT", "MAT_VIEW_REFRESH")) {
      settings.put("QDB_" + pool + "_WORKER_YIELD_THRESHOLD", "1");
      settings.put("QDB_" + pool + "_WORKER_NAP_THRESHOLD", "10");
      settings.put("QDB_" + pool + "_WORKER_SLEEP_THRESHOLD", "20");
      settings.put("QDB_" + pool + "_WORKER_SLEEP_TIMEOUT", "5");
    }
    // a field that the catalogue does not have is an error, not a new column
    settings.put("QDB_LINE_AUTO_CREATE_NEW_TABLES", "false");
    settings.put("QDB_LINE_AUTO_CREATE_NEW_COLUMNS", "false");
    settings.putAll(SMALL_FILES);
    ServerMain server = open(folder, settings, port);
    try {
      // before it answers: a writer that waits for it must not be refused for want of a table
      for (Measurement measurement : Measurement.values()) {
        server.getEngine().execute(ddl(measurement));
        addColumns(server.getEngine(), measurement);
      }
      server.start();
    } catch (SqlException e) {
      server.close();
      throw new IOException("the store's tables cannot be made: " + e.getMessage(), e);
    } catch (RuntimeException | NetworkError e) {
      server.close();
      throw startFailure(folder, port, e);
    }
    SuspendedTables suspended = SuspendedTables.watch(folder, server.getEngine());
    return new EmbeddedQuestDb(server, suspended, server.getHttpServerPort());
  }

  private static ServerMain open(Path folder, Map<String, String> settings, int port)
      throws IOException {
    try {
      return quietly(() -> new ServerMain(bootstrap(folder, settings)));
    } catch (RuntimeException | NetworkError e) {
      throw startFailure(folder, port, e);
    }
  }

  /** Why it does not start; a port that is taken comes as an Error of the store's own. */
  private static IOException startFailure(Path folder, int port, Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof NetworkError network
          && String.valueOf(network.getMessage()).contains("bind")) {
        BindException taken = new BindException("port " + port + " is in use");
        taken.initCause(e);
        return taken;
      }
    }
    return new IOException("the store in " + folder + " does not start: " + e.getMessage(), e);
  }

  private static Bootstrap bootstrap(Path folder, Map<String, String> settings) {
    return new Bootstrap(
        new DefaultBootstrapConfiguration() {
          @Override
          public Map<String, String> getEnv() {
            return settings;
          }

          @Override
          public String getBanner() {
            return "";
          }
        },
        // without its switch for the built-in log configuration, which writes to stdout
        "-d",
        folder.toAbsolutePath().toString());
  }

  /** Those that the table of an earlier release does not have. */
  private static void addColumns(CairoEngine engine, Measurement measurement) throws SqlException {
    String table = measurement.measurementName();
    List<String> missing = new ArrayList<>();
    try (TableMetadata columns = engine.getTableMetadata(engine.verifyTableName(table))) {
      measurement
          .fields()
          .forEach((name, type) -> {
            if (columns.getColumnIndexQuiet(name) < 0) {
              missing.add("\"%s\" %s".formatted(name, sqlType(type)));
            }
          });
    }
    for (String column : missing) {
      // it may have been added before a crash, and not be visible yet
      engine.execute("ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s".formatted(table, column));
    }
  }

  /** Tags are symbols, and in the key. */
  static String ddl(Measurement measurement) {
    StringBuilder sql =
        new StringBuilder("CREATE TABLE IF NOT EXISTS ")
            .append(measurement.measurementName())
            .append(" (");
    measurement.tags().forEach(tag -> sql.append(tag).append(" SYMBOL, "));
    measurement
        .fields()
        .forEach((name, type) ->
            sql.append('"').append(name).append("\" ").append(sqlType(type)).append(", "));
    return sql.append("timestamp TIMESTAMP_NS) TIMESTAMP(timestamp) PARTITION BY ")
        .append(partitions(measurement))
        .append(" WAL DEDUP UPSERT KEYS(timestamp, ")
        .append(String.join(", ", measurement.tags()))
        .append(")")
        .toString();
  }

  /**
   * Devices are most of all rows, and only of them old ones are deleted: of a table by its newest
   * row, so that a replay of last year's readings keeps its own.
   */
  private static String partitions(Measurement measurement) {
    return measurement.retention("") == Retention.DAYS
        ? "DAY TTL %d DAYS".formatted(Buckets.DEFAULT_DAYS.toDays())
        : "MONTH";
  }

  private static String sqlType(Measurement.FieldType type) {
    return switch (type) {
      case LONG -> "LONG";
      case DOUBLE -> "DOUBLE";
      case TEXT -> "VARCHAR";
    };
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    suspended.close();
    quietly(() -> {
      server.close();
      return server;
    });
  }

  /**
   * Does something of the store's without the store's output on the console, whatever its log's
   * settings.
   */
  private static <T> T quietly(Supplier<T> work) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    System.setOut(new Muffled(out));
    System.setErr(new Muffled(err));
    try {
      return work.get();
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** Passes on all but the store's own remarks. */
  private static final class Muffled extends PrintStream {
    Muffled(PrintStream to) {
      super(to, true, UTF_8);
    }

    @Override
    public void println(@Nullable String line) {
      if (line == null || !line.startsWith("QuestDB is shutting down")) {
        super.println(line);
      }
    }

    @Override
    @SuppressWarnings("AnnotateFormatMethod") // its annotation is not among our dependencies
    public PrintStream printf(String format, @Nullable Object... args) {
      return format.startsWith("Reading log configuration") ? this : super.printf(format, args);
    }
  }
}
