// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.joulestream.schemas.kafka.KafkaClients;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamsSettingsTest {
  private final StreamsSettings settings =
      StreamsSettings.of(KafkaClients.of("broker:9092"), Path.of("state"));

  private static @Nullable Object commitMillis(Map<Object, Object> config) {
    return config.get(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG);
  }

  @Test
  void alertsCommitAtLeastEvery200ms_andTheAccountingAsOftenAsIsSet() {
    assertThat(commitMillis(StreamsConfigs.accounting(settings))).isEqualTo(500L);
    assertThat(commitMillis(StreamsConfigs.alerts(settings))).isEqualTo(200L);
    StreamsSettings shorter = settings.commitInterval(Duration.ofMillis(50));
    assertThat(commitMillis(StreamsConfigs.accounting(shorter))).isEqualTo(50L);
    assertThat(commitMillis(StreamsConfigs.alerts(shorter))).isEqualTo(50L);
    // a changed copy leaves the first as it is
    assertThat(commitMillis(StreamsConfigs.accounting(settings))).isEqualTo(500L);
  }

  @Test
  void valuesOutOfRange_areRefused_withNameValueAndRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.threads(0))
        .withMessage("threads of 0: it must be at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.standbys(-1))
        .withMessage("standbys of -1: it must be at least 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.commitInterval(Duration.ofMillis(5_001)))
        .withMessage("commit-interval of 5001 ms: it must be 10 to 5000 ms");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.commitInterval(Duration.ofMillis(9)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.startTimeout(Duration.ofMillis(999)))
        .withMessage("start-timeout of 999 ms: it must be 1000 to 86400000 ms");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.maxReplacements(1_001))
        .withMessage("max-replacements of 1001: it must be 0 to 1000");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.cacheBytes(1))
        .withMessage("cache-limit of 1: it must be at least 8388608 bytes");
    assertThat(settings.maxReplacements(0).startTimeout(Duration.ofSeconds(1)).cacheBytes(8 << 20))
        .isNotSameAs(settings);
  }
}
