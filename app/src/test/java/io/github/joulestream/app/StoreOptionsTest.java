// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.cli.Durations;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Buckets.Bucket;
import io.github.joulestream.store.connect.StoreKind;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class StoreOptionsTest {
  private static StoreOptions parse(String... args) {
    StoreOptions options = new StoreOptions();
    new CommandLine(options)
        .registerConverter(Duration.class, Durations::parse)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(args);
    return options;
  }

  @Test
  void byDefault_theStoreSaysWhatItIs_andKeepsWeeksAndYears() {
    StoreOptions options = parse();
    assertThat(options.kind).isNull();
    assertThat(options.token).isEqualTo("none");
    assertThat(options.org).isEqualTo("joulestream");
    assertThat(options.buckets()).isEqualTo(Buckets.named("joulestream"));
  }

  @Test
  void everyOption_isHeeded() {
    StoreOptions options =
        parse(
            "--store-api=influx1",
            "--token=user:password",
            "--org=o",
            "--bucket=b",
            "--retention=14d",
            "--long-retention=0d",
            "--device-retention=3d");
    assertThat(options.kind).isEqualTo(StoreKind.INFLUX1);
    assertThat(options.token).isEqualTo("user:password");
    assertThat(options.org).isEqualTo("o");
    assertThat(options.buckets())
        .isEqualTo(
            new Buckets(
                new Bucket("b-devices", Duration.ofDays(3)),
                new Bucket("b", Duration.ofDays(14)),
                new Bucket("b-years", Duration.ZERO)));
    assertThat(parse("--device-bucket=d").buckets().days().name()).isEqualTo("d");
    assertThat(parse("--long-bucket=y").buckets().years().name()).isEqualTo("y");
  }

  @Test
  void whatIsNoAddress_isRefused() {
    assertThatThrownBy(() -> parse().connect(URI.create("nonsense")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("nonsense");
  }
}
