// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

/**
 * Something that a probe knows of a device and that is not sent: it is for people to look at.
 *
 * @param device the device's id
 * @param name what it is: {@code temperature}
 * @param value with its unit: {@code 54 °C}
 */
public record Detail(String device, String name, String value) {
  /** The name of what a device is taken as, and why. */
  public static final String TAKEN_AS = "taken as";
}
