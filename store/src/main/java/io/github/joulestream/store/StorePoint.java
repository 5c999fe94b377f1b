// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import io.github.joulestream.schemas.catalogue.Measurement;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One point of a measurement. Measurement, tags and time are its key: a second point of the same
 * key takes the place of the first. Its texts are such as every store takes: see {@link StoreText}.
 *
 * @param tags by name, in the order of the catalogue
 * @param fields by name: {@link Long}, {@link Double} or {@link String}
 * @param epochNanos its time, Unix epoch, ns
 */
public record StorePoint(
    Measurement measurement,
    Map<String, String> tags,
    Map<String, Object> fields,
    long epochNanos) {
  public StorePoint {
    tags = cleanTags(tags);
    fields = cleanFields(fields);
  }

  // most points have nothing to clean: then the maps are used as they are
  private static Map<String, String> cleanTags(Map<String, String> tags) {
    for (String text : tags.values()) {
      if (!StoreText.tag(text).equals(text)) {
        Map<String, String> clean = new LinkedHashMap<>(tags);
        clean.replaceAll((_, any) -> StoreText.tag(any));
        return clean;
      }
    }
    return tags;
  }

  private static Map<String, Object> cleanFields(Map<String, Object> fields) {
    for (Object value : fields.values()) {
      if (value instanceof String text && !StoreText.field(text).equals(text)) {
        Map<String, Object> clean = new LinkedHashMap<>(fields);
        clean.replaceAll((_, any) -> any instanceof String words ? StoreText.field(words) : any);
        return clean;
      }
    }
    return fields;
  }
}
