// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Certificate authorities of a PEM file, as those that are trusted, and no others. */
public final class TrustedAuthorities {
  private TrustedAuthorities() {}

  /**
   * For a client: servers whose certificates they signed. Names are still compared.
   *
   * @throws io.github.joulestream.runtime.UserError if the file has none, or cannot be read
   */
  public static SSLContext context(Path file) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers(file), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
  }

  /**
   * The same, for a server that wants certificates of its clients.
   *
   * @throws io.github.joulestream.runtime.UserError as above
   */
  static TrustManager[] managers(Path file) {
    List<X509Certificate> authorities = PemFiles.certificates(file);
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (X509Certificate authority : authorities) {
        store.setCertificateEntry("authority" + store.size(), authority);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      return trust.getTrustManagers();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("no key store in memory", e);
    }
  }
}
