// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.schemas.signing.SiteKeys.JobSigners;
import io.github.joulestream.schemas.signing.SiteKeys.UnsignedSites;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who may speak for whom, and that nothing of a signed record can be changed. */
class SignaturesTest {
  private static final long SEED = Long.getLong("laws.seed", 7);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 2_000);
  private static final SiteKey DC1 = new SiteKey("dc1", bytes(1));
  private static final SiteKey DC2 = new SiteKey("dc2", bytes(2));
  private static final SigningKey N1 = DC1.ofNode("n1");
  private static final byte[] VALUE = "a record".getBytes(UTF_8);

  private final SignatureVerifier verifier =
      new SiteKeys(List.of(DC1, DC2), UnsignedSites.REFUSE, JobSigners.NODES).verifier();

  private static byte[] bytes(long seed) {
    byte[] bytes = new byte[SiteKey.BYTES];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static Headers signed(SigningKey by, String topic, String key, byte @Nullable [] value) {
    Headers headers = new RecordHeaders();
    new RecordSigner(by).sign(topic, key, value, headers);
    return headers;
  }

  private static byte[] signature(SigningKey by, String topic, String key, byte[] value) {
    return signed(by, topic, key, value).lastHeader(Signature.HEADER).value();
  }

  /** What who has this key can make: a signature in any name. */
  private static byte[] forged(SigningKey by, String key, String node) {
    return Signature.header(
        by.id(),
        new RecordMac().of(by.key(), "telemetry".getBytes(UTF_8), key.getBytes(UTF_8), VALUE),
        node.getBytes(UTF_8));
  }

  private @Nullable String refusal(
      String topic, String key, byte @Nullable [] value, byte[] signature) {
    return verifier.refusal(
        topic, key, value, new RecordHeaders().add(Signature.HEADER, signature));
  }

  @Test
  void whoMaySign_isAccepted() {
    for (SigningKey by : List.of(N1, DC1.ofSite())) {
      for (String topic : List.of("telemetry", "allocations", "nodes")) {
        assertThat(refusal(topic, "dc1/n1", VALUE, signature(by, topic, "dc1/n1", VALUE)))
            .as("%s by %s", topic, by)
            .isNull();
      }
      assertThat(refusal("jobs", "dc1/a/7", VALUE, signature(by, "jobs", "dc1/a/7", VALUE)))
          .isNull();
    }
    assertThat(verifier.refusal("jobs", "dc1/7", null, signed(DC1.ofSite(), "jobs", "dc1/7", null)))
        .isNull();
    assertThat(verifier.refusal("budgets", "dc1/feed", VALUE, new RecordHeaders())).isNull();
  }

  @Test
  void whoMayNotSign_isRefused() {
    // a signer leaves unsigned what is not its own; a forger does not
    assertThat(signed(N1, "telemetry", "dc1/n2", VALUE)).isEmpty();
    assertThat(signed(DC1.ofSite(), "telemetry", "dc2/n1", VALUE)).isEmpty();
    assertThat(verifier.refusal("telemetry", "dc1/n2", VALUE, new RecordHeaders()))
        .isEqualTo("forged: it is not signed");
    assertThat(verifier.refusal("telemetry", "dc3/n2", VALUE, new RecordHeaders()))
        .isEqualTo("forged: its site has no key here");
    assertThat(refusal("telemetry", "dc1/n2", VALUE, forged(N1, "dc1/n2", "n1")))
        .isEqualTo("forged: the node that has signed it may not speak for its key");
    assertThat(refusal("telemetry", "dc1/n2", VALUE, forged(N1, "dc1/n2", "n2")))
        .isEqualTo("forged: its signature is wrong");
    // a node that poses as the site
    assertThat(refusal("telemetry", "dc1/n2", VALUE, forged(N1, "dc1/n2", "")))
        .isEqualTo("forged: its signature is wrong");
    assertThat(refusal("telemetry", "dc2/n1", VALUE, forged(DC1.ofSite(), "dc2/n1", "")))
        .endsWith("which is none of its site");
    assertThat(verifier.refusal("jobs", "dc1/7", null, signed(N1, "jobs", "dc1/7", null)))
        .startsWith("forged: only its site may remove a job");
    SignatureVerifier strict =
        new SiteKeys(List.of(DC1), UnsignedSites.ACCEPT, JobSigners.SITE).verifier();
    assertThat(strict.refusal("jobs", "dc1/7", VALUE, signed(N1, "jobs", "dc1/7", VALUE)))
        .startsWith("forged: only its site may sign a job");
    assertThat(strict.refusal("telemetry", "dc3/n1", VALUE, new RecordHeaders())).isNull();
  }

  @Test
  void aChangedBit_isRefused_whereverItIs() {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      String node = "n" + random.nextInt(50);
      String key = "dc1/" + node;
      byte[] value = new byte[1 + random.nextInt(300)];
      random.nextBytes(value);
      SigningKey by = random.nextBoolean() ? DC1.ofNode(node) : DC1.ofSite();
      byte[] right = signature(by, "telemetry", key, value);
      assertThat(refusal("telemetry", key, value, right)).isNull();
      assertThat(
              Arrays.asList(
                  refusal("telemetry", key, value, flipped(right, random)),
                  refusal("telemetry", key, value, Arrays.copyOf(right, random.nextInt(21))),
                  refusal("telemetry", key, flipped(value, random), right),
                  refusal("telemetry", key, null, right),
                  refusal("allocations", key, value, right),
                  refusal("telemetry", key + "x", value, right)))
          .as("round %d of seed %d", round, SEED)
          .allSatisfy(why -> assertThat(why).startsWith(SignatureVerifier.FORGED));
    }
  }

  private static byte[] flipped(byte[] bytes, Random random) {
    byte[] changed = bytes.clone();
    changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
    return changed;
  }

  @Test
  void theEndOfOnePart_isNotTheBeginningOfTheNext() {
    Set<String> codes = new HashSet<>();
    List<List<String>> records =
        List.of(List.of("ab", "c", "d"), List.of("a", "bc", "d"), List.of("a", "b", "cd"));
    for (List<String> parts : records) {
      byte[] code =
          new RecordMac()
              .of(
                  N1.key(),
                  parts.get(0).getBytes(UTF_8),
                  parts.get(1).getBytes(UTF_8),
                  parts.get(2).getBytes(UTF_8));
      codes.add(HexFormat.of().formatHex(code));
    }
    assertThat(codes).hasSize(records.size());
  }

  @Test
  void keysOfNodesAndSitesAllDiffer() {
    List<SigningKey> keys = new ArrayList<>();
    for (SiteKey site : List.of(DC1, DC2, new SiteKey("dc1", bytes(3)))) {
      keys.add(site.ofSite());
      keys.add(site.ofNode("dc1"));
      for (int i = 0; i < 100; i++) {
        keys.add(site.ofNode("n" + i));
      }
    }
    assertThat(keys.stream().map(key -> HexFormat.of().formatHex(key.key().getEncoded())))
        .doesNotHaveDuplicates();
    assertThat(SiteKey.create("dc1")).isNotEqualTo(SiteKey.create("dc1"));
  }

  /** While agents get the keys of a new site key, one after the other. */
  @Test
  void ofTwoKeysOfASite_bothAreRight_untilOneIsRemoved() {
    SiteKey next = new SiteKey("dc1", bytes(9));
    SignatureVerifier both =
        new SiteKeys(List.of(DC1, next), UnsignedSites.REFUSE, JobSigners.NODES).verifier();
    for (SiteKey key : List.of(DC1, next, DC1, next)) {
      assertThat(
              both.refusal(
                  "nodes", "dc1/n1", VALUE, signed(key.ofNode("n1"), "nodes", "dc1/n1", VALUE)))
          .isNull();
    }
    assertThat(
            refusal(
                "nodes", "dc1/n1", VALUE, signature(next.ofNode("n1"), "nodes", "dc1/n1", VALUE)))
        .endsWith("which is none of its site");
  }

  /** As another implementation computes it: the bytes of a version are fixed. */
  @Test
  void theSignatureOfARecord_isAsWrittenDown() {
    SiteKey key = new SiteKey("dc1", new byte[SiteKey.BYTES]);
    assertThat(HexFormat.of().formatHex(signature(key.ofNode("n1"), "telemetry", "dc1/n1", VALUE)))
        .isEqualTo("01050dfa41765242fac7d1253b9431eb9c968026416e31");
  }

  @Test
  void moreNodesThanAreKept_areVerifiedAllTheSame() {
    for (int i = 0; i <= SignatureVerifier.MAX_KEPT + 100; i++) {
      // the first once more at the end
      String node = "n" + i % (SignatureVerifier.MAX_KEPT + 100);
      byte[] right = signature(DC1.ofNode(node), "nodes", "dc1/" + node, VALUE);
      assertThat(refusal("nodes", "dc1/" + node, VALUE, right)).isNull();
    }
  }
}
