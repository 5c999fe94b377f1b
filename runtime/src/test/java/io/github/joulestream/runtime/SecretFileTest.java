// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The warning of a file that others can read is tested where the log is: in module cli. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SecretFileTest {
  @TempDir Path folder;

  private static String read(Path file) {
    return SecretFile.text(file, "the token", 10);
  }

  @Test
  void theLineBreakAtTheEnd_isNotOfTheSecret() throws IOException {
    Path file = folder.resolve("token");
    for (String text : new String[] {"a b", "a b\n", "a b\r\n"}) {
      Files.writeString(file, text);
      assertThat(read(file)).isEqualTo("a b");
    }
    Files.writeString(file, " a\n\n");
    assertThat(read(file)).isEqualTo(" a\n");
    // as Kubernetes mounts one
    assertThat(read(Files.createSymbolicLink(folder.resolve("link"), file))).isEqualTo(" a\n");
  }

  @Test
  void whatHoldsNoSecret_isAnErrorThatNamesTheFile_andNotWhatIsInIt() throws Exception {
    assertThatThrownBy(() -> read(folder.resolve("none")))
        .isInstanceOf(UserError.class)
        .hasMessage("the token: there is no file " + folder.resolve("none"));
    assertThatThrownBy(() -> read(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is a folder");
    Path fifo = SmallFileTest.fifo(folder.resolve("fifo"));
    assertThatThrownBy(() -> read(fifo))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("a FIFO");
    Path file = folder.resolve("token");
    for (String empty : new String[] {"", "\n", "  \n"}) {
      Files.writeString(file, empty);
      assertThatThrownBy(() -> read(file))
          .isInstanceOf(UserError.class)
          .hasMessage("the token: %s is empty".formatted(file));
    }
    Files.writeString(file, "s3cret-s3cret");
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("longer than 10 bytes")
        .hasMessageNotContaining("s3cret");
  }
}
