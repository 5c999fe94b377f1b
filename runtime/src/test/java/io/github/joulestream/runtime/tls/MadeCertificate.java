// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A certificate for {@code localhost} and 127.0.0.1 and its key, for tests: X.509 v3 (RFC 5280) in
 * DER, written here, as the JDK has no public class that makes one. It can sign others.
 */
public final class MadeCertificate {
  private static final AtomicInteger SERIALS = new AtomicInteger();
  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final int SEQUENCE = 0x30;
  // localhost and 127.0.0.1 as subjectAltName; basicConstraints with CA true
  private static final String EXTENSIONS =
      "301a0603551d1104133011"
          + "82096c6f63616c686f7374"
          + "87047f000001"
          + "300f0603551d130101ff040530030101ff";

  private final KeyPair keys;
  private final String algorithm;
  private final int serial = SERIALS.incrementAndGet();
  private final byte[] encoded;

  private MadeCertificate(
      String algorithm, Instant begin, Instant end, @Nullable MadeCertificate signer) {
    this.algorithm = algorithm;
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (!algorithm.equals("Ed25519")) {
        generator.initialize(algorithm.equals("RSA") ? 2_048 : 256);
      }
      this.keys = generator.generateKeyPair();
      MadeCertificate by = signer == null ? this : signer;
      byte[] content =
          der(
              SEQUENCE,
              der(0xa0, der(2, new byte[] {2})),
              der(2, BigInteger.valueOf(serial).toByteArray()),
              by.signatureAlgorithm(),
              by.name(),
              der(SEQUENCE, time(begin), time(end)),
              name(),
              keys.getPublic().getEncoded(),
              der(0xa3, der(SEQUENCE, HexFormat.of().parseHex(EXTENSIONS))));
      this.encoded =
          der(
              SEQUENCE,
              content,
              by.signatureAlgorithm(),
              der(3, new byte[] {0}, by.signature(content)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot make a certificate", e);
    }
  }

  /** One that is valid now, for a year in all, and has signed itself. */
  public static MadeCertificate valid(String algorithm) {
    Instant now = Instant.now();
    return of(algorithm, now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(364)));
  }

  /**
   * One that has signed itself.
   *
   * @param algorithm RSA, EC or Ed25519
   */
  public static MadeCertificate of(String algorithm, Instant begin, Instant end) {
    return new MadeCertificate(algorithm, begin, end, null);
  }

  /** One that this one has signed. */
  public MadeCertificate signs(Instant begin, Instant end) {
    return new MadeCertificate(algorithm, begin, end, this);
  }

  public int serial() {
    return serial;
  }

  /**
   * For a client that has it.
   *
   * @param trusted PEM file of the servers that the client trusts
   */
  public SSLContext client(Path trusted) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    Certificate certificate =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
    store.setKeyEntry("client", keys.getPrivate(), new char[0], new Certificate[] {certificate});
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), TrustedAuthorities.managers(trusted), null);
    return context;
  }

  public String certificatePem() {
    return pem("CERTIFICATE", encoded);
  }

  public String keyPem() {
    return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
  }

  /** Puts a text in a file's place, as programs that renew certificates do. */
  public static Path put(Path file, String text) throws IOException {
    Path draft = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
    return Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
  }

  static String pem(String label, byte[] bytes) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder().encodeToString(bytes), label);
  }

  private byte[] name() {
    byte[] commonName =
        der(
            SEQUENCE,
            HexFormat.of().parseHex("0603550403"),
            der(0x0c, ("made " + serial).getBytes(US_ASCII)));
    return der(SEQUENCE, der(0x31, commonName));
  }

  private byte[] signatureAlgorithm() {
    return HexFormat.of()
        .parseHex(
            switch (algorithm) {
              case "RSA" -> "300d06092a864886f70d01010b0500";
              case "EC" -> "300a06082a8648ce3d040302";
              default -> "300506032b6570";
            });
  }

  private byte[] signature(byte[] content) throws GeneralSecurityException {
    Signature signature =
        Signature.getInstance(
            switch (algorithm) {
              case "RSA" -> "SHA256withRSA";
              case "EC" -> "SHA256withECDSA";
              default -> "Ed25519";
            });
    signature.initSign(keys.getPrivate());
    signature.update(content);
    return signature.sign();
  }

  private static byte[] time(Instant time) {
    return der(0x17, UTC_TIME.format(time).getBytes(US_ASCII));
  }

  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    int length = content.size();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(tag);
    if (length >= 256) {
      all.write(0x82);
      all.write(length >> 8);
    } else if (length >= 128) {
      all.write(0x81);
    }
    all.write(length);
    all.writeBytes(content.toByteArray());
    return all.toByteArray();
  }
}
