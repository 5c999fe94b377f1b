// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of keys: private, and errors without what is in them. */
class KeyFileTest {
  @TempDir Path folder;

  @Test
  void whatIsWritten_isRead_andIsItsOwnersAlone() throws IOException {
    SiteKey site = SiteKey.create("dc 1");
    Path siteFile = folder.resolve("site.key");
    KeyFile.write(siteFile, site);
    assertThat(KeyFile.readSite(siteFile)).isEqualTo(site);
    assertThat(KeyFile.read(siteFile).key()).isEqualTo(site.ofSite().key());
    Path nodeFile = folder.resolve("node.key");
    KeyFile.write(nodeFile, site.ofNode("rack 2"));
    SigningKey node = KeyFile.read(nodeFile);
    assertThat(node.key()).isEqualTo(site.ofNode("rack 2").key());
    assertThat(List.of(node.site(), node.node())).containsExactly("dc 1", "rack 2");
    assertThat(node.id()).isEqualTo(site.id());
    for (Path file : List.of(siteFile, nodeFile)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThatThrownBy(() -> KeyFile.write(file, site))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("never written over");
    }
    assertThatThrownBy(() -> KeyFile.readSite(nodeFile))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the key of its site is needed");
  }

  @Test
  void aFolder_hasTheKeysOfAllSites() {
    SiteKey one = SiteKey.create("dc1");
    SiteKey two = SiteKey.create("dc2");
    KeyFile.write(folder.resolve("a.key"), one);
    KeyFile.write(folder.resolve("b.key"), two);
    KeyFile.write(folder.resolve("notes.txt"), SiteKey.create("dc3"));
    assertThat(KeyFile.readSites(folder)).containsExactly(one, two);
    assertThat(KeyFile.readSites(folder.resolve("a.key"))).containsExactly(one);
  }

  @Test
  void whatIsNoKey_isAnErrorOfOneLine_withoutItsContent() throws IOException {
    String secret = Base64.getEncoder().encodeToString(new byte[31]);
    for (String text :
        List.of(
            "nonsense",
            KeyFile.SITE + " " + secret + " dc1",
            KeyFile.SITE + " !!! dc1",
            KeyFile.SITE + " " + secret,
            KeyFile.NODE + " 0000000g " + secret + " dc1/n1",
            KeyFile.NODE + " 00000000 " + secret + " dc1")) {
      Path file = folder.resolve("bad.key");
      Files.writeString(file, text);
      assertThatThrownBy(() -> KeyFile.read(file))
          .as(text)
          .isInstanceOf(UserError.class)
          .hasMessageContaining("holds no key")
          .hasMessageNotContaining(secret);
    }
    assertThatThrownBy(() -> KeyFile.read(folder.resolve("none.key")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("none.key");
    Path empty = folder.resolve("bad");
    Files.createDirectory(empty);
    assertThatThrownBy(() -> KeyFile.readSites(empty)).isInstanceOf(UserError.class);
  }
}
