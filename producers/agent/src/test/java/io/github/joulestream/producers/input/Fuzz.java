// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.input;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Gives a reader many inputs that were made from good ones by small changes. It may refuse them as
 * it says it does, and in no other way; and none may cost more than a multiple of its length in
 * memory, or long.
 *
 * <p>{@code -Dfuzz.inputs=2000000 -Dfuzz.seed=7} for the long form.
 */
public final class Fuzz {
  private static final int INPUTS = Integer.getInteger("fuzz.inputs", 4_000);
  private static final long SEED = Long.getLong("fuzz.seed", 1);
  private static final int WARM = 300;
  private static final int LONGEST = 1 << 16;
  // what loading of classes, messages and traces of exceptions take, whatever the input
  private static final long FLAT_BYTES = 256 << 10;
  private static final long MAX_CPU_NANOS = 2_000_000_000L;
  private static final List<String> WORDS =
      List.of(
          "1e-9999999",
          "1e9999999",
          "-1",
          "0",
          "NaN",
          "Infinity",
          "9223372036854775807",
          "-9223372036854775808",
          "18446744073709551615",
          "9".repeat(400),
          "0x1p-1074",
          "null",
          "true",
          "",
          "\n",
          "=",
          ",",
          "/",
          "\"",
          "{",
          "[",
          "}",
          "]",
          "\\u0000",
          "\u001b[2J",
          "\u202e",
          "\ud834\udd1e",
          "x".repeat(300),
          "[".repeat(2_000),
          "{\"a\":".repeat(500),
          "1970-01-01T00:00:00",
          "+999999999-12-31T23:59:59");

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** A reader. */
  public interface Reader {
    void read(byte[] input) throws Exception;
  }

  private final Reader reader;
  private final Set<Class<? extends Exception>> declared;
  private final int factor;
  private final Random random = new Random(SEED);

  private final int inputs;

  private Fuzz(Reader reader, Set<Class<? extends Exception>> declared, int factor, int inputs) {
    this.inputs = inputs;
    this.reader = reader;
    this.declared = declared;
    this.factor = factor;
  }

  /**
   * Runs it.
   *
   * @param factor the most bytes that a byte of input may cost
   * @param declared what the reader may throw
   */
  public static void run(
      String name,
      List<byte[]> seeds,
      int factor,
      Set<Class<? extends Exception>> declared,
      Reader reader) {
    new Fuzz(reader, declared, factor, INPUTS).run(name, seeds);
  }

  /** A tenth of the inputs: for a reader that works with files. */
  public static void runSlow(
      String name,
      List<byte[]> seeds,
      int factor,
      Set<Class<? extends Exception>> declared,
      Reader reader) {
    new Fuzz(reader, declared, factor, INPUTS / 10).run(name, seeds);
  }

  private void run(String name, List<byte[]> seeds) {
    for (byte[] seed : seeds) {
      assertThat(refuses(seed)).as("a seed of %s", name).isFalse();
    }
    for (int i = 0; i < WARM; i++) {
      boolean _ = refuses(changed(seeds));
    }
    random.setSeed(SEED);
    int refused = 0;
    long most = 0;
    for (int i = 0; i < inputs; i++) {
      byte[] input = changed(seeds);
      long allocated = THREADS.getCurrentThreadAllocatedBytes();
      long cpu = THREADS.getCurrentThreadCpuTime();
      if (refuses(input)) {
        refused++;
      }
      cpu = THREADS.getCurrentThreadCpuTime() - cpu;
      allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
      most = Math.max(most, allocated);
      if (allocated > FLAT_BYTES + (long) factor * input.length || cpu > MAX_CPU_NANOS) {
        throw new AssertionError(
            "%s, input %d of seed %d: %,d bytes and %,d ns of CPU for %,d bytes: %s"
                .formatted(name, i, SEED, allocated, cpu, input.length, shown(input)));
      }
    }
    System.out.printf(
        "fuzz %s: seed %d, %,d inputs, %,d refused as declared, most allocated %,d B%n",
        name, SEED, inputs, refused, most);
    // else it is no test: it must get past the first bytes, and some of it must be wrong
    assertThat(refused).as(name).isLessThan(inputs);
  }

  private boolean refuses(byte[] input) {
    try {
      reader.read(input);
      return false;
    } catch (Exception | StackOverflowError e) {
      if (declared.stream().anyMatch(kind -> kind.isInstance(e))) {
        return true;
      }
      throw new AssertionError(
          "seed %d, %,d bytes: %s".formatted(SEED, input.length, shown(input)), e);
    }
  }

  private static String shown(byte[] input) {
    return new String(Arrays.copyOf(input, Math.min(input.length, 2_000)), ISO_8859_1);
  }

  private byte[] changed(List<byte[]> seeds) {
    byte[] input = seeds.get(random.nextInt(seeds.size()));
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      input = change(input, seeds);
    }
    return input.length > LONGEST ? Arrays.copyOf(input, LONGEST) : input;
  }

  private byte[] change(byte[] input, List<byte[]> seeds) {
    int at = random.nextInt(input.length + 1);
    int end = Math.min(input.length, at + random.nextInt(1 + Math.min(64, input.length)));
    return switch (random.nextInt(8)) {
      case 0 -> { // a bit
        byte[] other = input.clone();
        if (at < other.length) {
          other[at] ^= (byte) (1 << random.nextInt(8));
        }
        yield other;
      }
      case 1 -> { // any byte
        byte[] other = input.clone();
        if (at < other.length) {
          other[at] = (byte) random.nextInt(256);
        }
        yield other;
      }
      case 2 -> spliced(input, at, end, new byte[0]);
      case 3 -> spliced(input, at, at, Arrays.copyOfRange(input, at, end));
      case 4 -> Arrays.copyOf(input, at);
      case 5 -> { // a part of another
        byte[] other = seeds.get(random.nextInt(seeds.size()));
        int from = random.nextInt(other.length + 1);
        yield spliced(input, at, end, Arrays.copyOfRange(other, from, other.length));
      }
      case 6 -> word(input, at);
      default -> spliced(input, at, at, WORDS.get(random.nextInt(WORDS.size())).getBytes(UTF_8));
    };
  }

  /** Something else in place of a number or a word of letters. */
  private byte[] word(byte[] input, int near) {
    int start = near;
    while (start < input.length && !Character.isLetterOrDigit(input[start])) {
      start++;
    }
    int end = start;
    while (end < input.length && (Character.isLetterOrDigit(input[end]) || input[end] == '.')) {
      end++;
    }
    return spliced(input, start, end, WORDS.get(random.nextInt(WORDS.size())).getBytes(UTF_8));
  }

  private static byte[] spliced(byte[] input, int from, int to, byte[] between) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(input, 0, from);
    out.writeBytes(between);
    out.write(input, to, input.length - to);
    return out.toByteArray();
  }

  /** Texts as seeds. */
  public static List<byte[]> texts(String... texts) {
    List<byte[]> seeds = new ArrayList<>();
    for (String text : texts) {
      seeds.add(text.getBytes(UTF_8));
    }
    return seeds;
  }
}
