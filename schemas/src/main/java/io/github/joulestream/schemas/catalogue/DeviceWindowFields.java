// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

/** Fields of {@link Measurement#DEVICE_WINDOW}. */
final class DeviceWindowFields {
  private DeviceWindowFields() {}

  static Definition definition() {
    Definition.Builder definition =
        Definition.of(
            "device_window", Retention.DAYS, "site", "node", "device", "kind", Measurement.WINDOW);
    for (DeviceField field : DeviceField.values()) {
      definition.field(field.fieldName(), field.type());
    }
    return definition.texts("model").build();
  }
}
