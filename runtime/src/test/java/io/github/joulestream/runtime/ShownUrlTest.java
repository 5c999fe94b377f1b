// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

final class ShownUrlTest {
  @Test
  void userAndPassword_areNotShown() {
    assertThat(ShownUrl.of(URI.create("http://alice:s3cret@host:8086/a?b=c@d#e")))
        .isEqualTo("http://host:8086/a?b=c@d#e");
    assertThat(ShownUrl.of(URI.create("https://alice@host"))).isEqualTo("https://host");
    assertThat(ShownUrl.of(URI.create("https://host/@me?x=y"))).isEqualTo("https://host/@me?x=y");
  }

  /** A password that is not encoded makes no URL, and is named in the error. */
  @Test
  void norThoseOfATextThatIsNoUrl() {
    assertThat(ShownUrl.within("cannot use 'http://alice:s3@cret@host' and ftp://b:c@d, x@y"))
        .isEqualTo("cannot use 'http://host' and ftp://d, x@y");
    assertThat(ShownUrl.within("http://alice:s3/cr?e#t@host/a")).isEqualTo("http://host/a");
    assertThat(ShownUrl.within("http://host:8086/x@y")).isEqualTo("http://host:8086/x@y");
    assertThat(ShownUrl.within("http://host:/x@y")).isEqualTo("http://host:/x@y");
    assertThat(ShownUrl.within("no URL: a:b@c")).isEqualTo("no URL: a:b@c");
  }

  @Test
  void valuesOfParametersThatAreSecrets_areNotShown() {
    assertThat(
            ShownUrl.within(
                "POST http://h/write?u=bob&p=s3cret&db=x&access_token=s3cret&X-Api-Key=s3cret;sig=s3cret#end failed"))
        .isEqualTo(
            "POST http://h/write?u=bob&p=***&db=x&access_token=***&X-Api-Key=***;sig=***#end failed");
    assertThat(ShownUrl.within("http://h/q?db=joulestream&epoch=ms"))
        .isEqualTo("http://h/q?db=joulestream&epoch=ms");
  }

  @Test
  void aSecret_isFoundInAnArgument() {
    assertThat(ShownUrl.hasSecret("--store-url=http://a:b@host")).isTrue();
    assertThat(ShownUrl.hasSecret("https://host/hook?token=abc")).isTrue();
    assertThat(ShownUrl.hasSecret("--store-url=http://host:8086/")).isFalse();
    assertThat(ShownUrl.hasSecret("a:b@host")).isFalse();
  }
}
