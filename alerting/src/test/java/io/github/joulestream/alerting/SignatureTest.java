// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignatureTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("secret"), text);
  }

  /** The example that the libraries of Standard Webhooks are tested with. */
  @Test
  void signsAsStandardWebhooksDoes() throws IOException {
    Signature signature = Signature.read(file("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"));
    assertThat(
            signature.headers(
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                "{\"test\": 2432232314}".getBytes(UTF_8)))
        .containsEntry("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
        .containsEntry("webhook-timestamp", "1614265330")
        .containsEntry("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void aSecretThatIsNone_isRefusedInOneLine() throws IOException {
    assertThatThrownBy(() -> Signature.read(folder.resolve("none")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no file");
    Path weak = file("  secret \n");
    assertThatThrownBy(() -> Signature.read(weak))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has 6 bytes")
        .hasMessageContaining("openssl rand");
    Path broken = file("whsec_%%%");
    assertThatThrownBy(() -> Signature.read(broken))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("not Base64");
  }
}
