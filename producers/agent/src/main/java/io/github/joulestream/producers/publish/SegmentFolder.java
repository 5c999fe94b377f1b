// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import io.github.joulestream.runtime.FolderContent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a spool's segments. Damaged ones are renamed to {@code *.damaged}, for people to
 * look at; the newest few stay, so that they do not fill the disk. Not thread-safe.
 */
final class SegmentFolder {
  private static final Logger log = LoggerFactory.getLogger(SegmentFolder.class);
  private static final int MAX_DAMAGED_FILES = 4;

  private final Path folder;
  private long damaged;

  SegmentFolder(Path folder) {
    this.folder = folder;
  }

  /** The segments in the folder, in order; none if there is no folder. Damaged ones are renamed. */
  List<Segment> findAll() throws IOException {
    List<Path> files;
    try (Stream<Path> all = FolderContent.list(folder)) {
      files = all.sorted().toList();
    } catch (NoSuchFileException e) {
      log.debug("There is no folder {} yet", folder, e);
      return List.of();
    }
    List<Segment> segments = new ArrayList<>();
    for (Path file : files) {
      try {
        Segment segment = Segment.find(file);
        if (segment != null) {
          segments.add(segment);
        }
      } catch (Segment.Damaged e) {
        log.warn("{}; it is set aside", e.getMessage());
        damaged++;
        Segment.setAside(file);
        removeOldestDamaged();
      }
    }
    return segments;
  }

  /** Segments that were damaged so far. */
  long damaged() {
    return damaged;
  }

  /** Counts a segment that is damaged behind its last record. */
  void countTail(Segment segment) {
    damaged++;
    log.warn(
        "{} is damaged after its first {} records; it is set aside once they are sent",
        segment,
        segment.end() - segment.first());
  }

  /** Counts a segment some records of which are dropped. */
  void countDropped(Segment segment, long records) {
    damaged++;
    log.warn("{} is damaged and set aside: dropped {} records", segment, records);
    segment.markDamaged();
  }

  /** Removes the oldest damaged files, if there are too many. */
  void removeOldestDamaged() throws IOException {
    List<Path> aside;
    try (Stream<Path> all = FolderContent.list(folder)) {
      aside = all.filter(Segment::isSetAside).sorted().toList();
    }
    for (Path file : aside.subList(0, Math.max(0, aside.size() - MAX_DAMAGED_FILES))) {
      if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
        continue; // whoever made it may remove it
      }
      Files.deleteIfExists(file);
    }
  }
}
