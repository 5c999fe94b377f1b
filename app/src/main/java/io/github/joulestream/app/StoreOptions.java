// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.SecretFile;
import io.github.joulestream.runtime.ShownUrl;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Buckets.Bucket;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.connect.StoreKind;
import io.github.joulestream.store.influx.InfluxAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to reach a store; its URL is the command's own option, as commands differ in the default. */
final class StoreOptions {
  private static final int MOST_TOKEN_BYTES = 64 << 10;

  @Option(
      names = "--store-api",
      paramLabel = "KIND",
      description = "What it is: ${COMPLETION-CANDIDATES} (default: as it identifies itself).")
  @Nullable StoreKind kind;

  @Option(
      names = "--store-token-file",
      paramLabel = "FILE",
      description =
          "File with the store's token, user:password for InfluxDB 1.x; or else JOULESTREAM_TOKEN"
              + " has it.")
  @Nullable Path tokenFile;

  // by the environment or a file of settings alone: CommandLineSecrets
  @Option(names = "--token", hidden = true, defaultValue = InfluxAddress.NO_TOKEN)
  String token = InfluxAddress.NO_TOKEN;

  @Option(
      names = "--org",
      defaultValue = "joulestream",
      description = "Organisation, for InfluxDB 2.x (default: ${DEFAULT-VALUE}).")
  String org = "";

  @Option(
      names = "--bucket",
      defaultValue = Buckets.DEFAULT_NAME,
      description = "Bucket, or database, of windows of 10 s (default: ${DEFAULT-VALUE}).")
  String bucket = Buckets.DEFAULT_NAME;

  @Option(
      names = "--long-bucket",
      paramLabel = "BUCKET",
      description =
          "Bucket, or database, of windows of 1 h and job summaries (default: --bucket and '-years').")
  @Nullable String yearsBucket;

  @Option(
      names = "--retention",
      paramLabel = "DURATION",
      defaultValue = "35d",
      description = "How long --bucket keeps, 0d: for ever (default: ${DEFAULT-VALUE}).")
  Duration keep = Buckets.DEFAULT_WEEKS;

  @Option(
      names = "--long-retention",
      paramLabel = "DURATION",
      defaultValue = "3650d",
      description = "How long --long-bucket keeps (default: ${DEFAULT-VALUE}).")
  Duration keepYears = Buckets.DEFAULT_YEARS;

  @Option(
      names = "--device-bucket",
      paramLabel = "BUCKET",
      description = "Bucket, or database, of single devices (default: --bucket and '-devices').")
  @Nullable String devicesBucket;

  @Option(
      names = "--device-retention",
      paramLabel = "DURATION",
      defaultValue = "14d",
      description = "How long --device-bucket keeps (default: ${DEFAULT-VALUE}).")
  Duration keepDevices = Buckets.DEFAULT_DAYS;

  /** Where points go, by how long they are kept. */
  Buckets buckets() {
    String years = yearsBucket;
    String devices = devicesBucket;
    return new Buckets(
        new Bucket(devices == null ? Buckets.devicesName(bucket) : devices, keepDevices),
        new Bucket(bucket, keep),
        new Bucket(years == null ? Buckets.yearsName(bucket) : years, keepYears));
  }

  private String token() {
    Path file = tokenFile;
    return file == null
        ? token
        : SecretFile.text(file, "--store-token-file", MOST_TOKEN_BYTES).strip();
  }

  /**
   * Connects.
   *
   * @throws IOException if it cannot be reached
   */
  StoreConnection connect(URI url) throws IOException {
    try {
      return StoreConnection.to(new InfluxAddress(url, token(), org), kind, buckets());
    } catch (IllegalArgumentException e) {
      throw new UserError(
          "%s cannot be a store: %s".formatted(ShownUrl.of(url), e.getMessage()), e);
    }
  }
}
