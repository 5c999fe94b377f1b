// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.joulestream.runtime.SecretFile;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates and keys out of PEM files (RFC 7468). Other blocks, and text between them, are left
 * out, so a file may have both a certificate and its key.
 */
final class PemFiles {
  private static final int MAX_BYTES = 1 << 20;
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");

  private PemFiles() {}

  /**
   * All certificates of a file, in its order.
   *
   * @throws UserError with the file, what is wrong with it, and what to do
   */
  static List<X509Certificate> certificates(Path file) {
    List<X509Certificate> certificates = new ArrayList<>();
    Matcher block = BLOCK.matcher(text(file));
    try {
      CertificateFactory x509 = CertificateFactory.getInstance("X.509");
      while (block.find()) {
        if (block.group(1).equals("CERTIFICATE")) {
          certificates.add(
              (X509Certificate)
                  x509.generateCertificate(new ByteArrayInputStream(bytes(file, block.group(2)))));
        }
      }
    } catch (CertificateException e) {
      throw UserError.usage(
          "%s has a certificate that cannot be read: %s".formatted(file, shown(e)), e);
    }
    if (certificates.isEmpty()) {
      throw UserError.usage(
          file
              + " has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----;"
              + " convert one in DER with: openssl x509 -inform der");
    }
    return List.copyOf(certificates);
  }

  /**
   * The first key of a file: PKCS #8, not encrypted; RSA, EC or Ed25519.
   *
   * @throws UserError as above; nothing of the file is in the message
   */
  static PrivateKey key(Path file) {
    Matcher block =
        BLOCK.matcher(new String(SecretFile.bytes(file, "the key", MAX_BYTES), ISO_8859_1));
    String other = "";
    while (block.find()) {
      if (block.group(1).equals("PRIVATE KEY")) {
        return key(file, bytes(file, block.group(2)));
      }
      other = block.group(1).endsWith("PRIVATE KEY") ? block.group(1) : other;
    }
    throw UserError.usage(
        "%s has no unencrypted PKCS #8 key in PEM, which begins with -----BEGIN PRIVATE KEY-----%s; convert it with: openssl pkcs8 -topk8 -nocrypt"
            .formatted(file, other.isEmpty() ? "" : ", but a block " + other));
  }

  private static PrivateKey key(Path file, byte[] encoded) {
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(encoded);
    UserError failure = UserError.usage(file + " has a key that is neither RSA, EC nor Ed25519");
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        failure.addSuppressed(e);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this JVM has no " + algorithm, e);
      }
    }
    throw failure;
  }

  private static byte[] bytes(Path file, String base64) {
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw UserError.usage(file + " has a block that is not base64", e);
    }
  }

  private static String text(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw UserError.usage(file + " is larger than 1 MiB");
      }
      // text between the blocks may be in any encoding
      return new String(bytes, ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw UserError.usage("there is no file " + file, e);
    } catch (AccessDeniedException e) {
      throw UserError.usage("%s may not be read by this user".formatted(file), e);
    } catch (IOException e) {
      throw UserError.usage("%s cannot be read: %s".formatted(file, shown(e)), e);
    }
  }

  private static String shown(Exception e) {
    return ShownText.of(String.valueOf(e.getMessage()));
  }
}
