// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import java.util.List;

/**
 * A file that was read.
 *
 * @param entries values in the order of the file, without those that are there twice
 * @param refusals what is not among them, and why
 * @param notes what a person should know of the values
 */
public record FeedFile(
    FeedFormat format, List<FeedEntry> entries, List<FeedRefusal> refusals, List<String> notes) {
  public FeedFile {
    entries = List.copyOf(entries);
    refusals = List.copyOf(refusals);
    notes = List.copyOf(notes);
  }
}
