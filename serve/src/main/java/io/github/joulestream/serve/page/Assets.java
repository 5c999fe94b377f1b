// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * Scripts, styles and images of the page, all in memory. They are served under a version that is a
 * hash of them all, so that a browser may keep them for ever: another release has another path, and
 * modules that import each other are always of one release.
 *
 * @param version hash of all files
 * @param files by name, without folders
 */
record Assets(String version, SortedMap<String, Asset> files) {
  private static final String FOLDER = "assets/";
  private static final int VERSION_BYTES = 8;
  private static final Map<String, String> TYPES =
      Map.of(
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "LICENSE", "text/plain; charset=utf-8");

  /**
   * A file.
   *
   * @param type media type
   * @param hash SHA-256, hexadecimal
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Asset(String type, byte[] bytes, String hash) {}

  /** All of this release. */
  static Assets load() {
    SortedMap<String, Asset> files = new TreeMap<>();
    MessageDigest all = sha256();
    try {
      for (String path : paths()) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type != null) {
          byte[] bytes = bytes(path);
          all.update(name.getBytes(StandardCharsets.UTF_8));
          all.update(bytes);
          Asset asset = new Asset(type, bytes, HexFormat.of().formatHex(sha256().digest(bytes)));
          if (files.put(name, asset) != null) {
            throw new IllegalStateException("two files of the page are named " + name);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the page's files cannot be read", e);
    }
    return new Assets(HexFormat.of().formatHex(all.digest(), 0, VERSION_BYTES), files);
  }

  /** A file of this version; empty if there is none. */
  Optional<Asset> find(String wantedVersion, String name) {
    return version.equals(wantedVersion) ? Optional.ofNullable(files.get(name)) : Optional.empty();
  }

  /** Path of the folder of all files. */
  String path() {
    return "/assets/" + version + "/";
  }

  /** The bytes of a file beside this class's package. */
  static byte[] bytes(String path) throws IOException {
    return url(path).openStream().readAllBytes();
  }

  private static URL url(String path) throws IOException {
    URL url = Assets.class.getResource(path);
    if (url == null) {
      throw new IOException("there is no " + path);
    }
    return url;
  }

  /** Paths of all files, in order, wherever classes are: in a jar, or in a folder. */
  private static List<String> paths() throws IOException {
    URL anchor = url(FOLDER + "app.js");
    URLConnection connection = anchor.openConnection();
    if (connection instanceof JarURLConnection jar) {
      String folder =
          jar.getEntryName().substring(0, jar.getEntryName().lastIndexOf(FOLDER) + FOLDER.length());
      JarFile file = jar.getJarFile();
      return file.stream()
          .filter(entry -> !entry.isDirectory() && entry.getName().startsWith(folder))
          .map(entry -> FOLDER + entry.getName().substring(folder.length()))
          .sorted()
          .toList();
    }
    Path folder = Path.of(uri(anchor)).resolveSibling("");
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile)
          .map(file -> FOLDER + folder.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  private static URI uri(URL url) throws IOException {
    try {
      return url.toURI();
    } catch (URISyntaxException e) {
      throw new IOException("no URI: " + url, e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
