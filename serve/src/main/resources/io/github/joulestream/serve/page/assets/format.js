// SPDX-License-Identifier: Apache-2.0
// Writes figures for people: three significant digits, a prefix that keeps 1 to 999, a thin space
// before the unit, "-" for what is not known.

export const UNKNOWN = '-';
const THIN = '\u2009';
const known = (value) => typeof value === 'number' && Number.isFinite(value);

/** Three significant digits, without an exponent: 0.123, 1.23, 12.3, 123, 1234. */
export function digits(value) {
  if (!known(value)) {
    return UNKNOWN;
  }
  const size = Math.abs(value);
  if (size === 0) {
    return '0';
  }
  const exponent = Math.floor(Math.log10(Number(size.toPrecision(3))));
  const text = size.toFixed(Math.min(12, Math.max(0, 2 - exponent)));
  return (value < 0 && Number(text) !== 0 ? '\u2212' : '') + text;
}

/** With the prefix that keeps 1 to 999: units is [[factor, name], ...], smallest first. */
function scaled(value, units) {
  if (!known(value)) {
    return UNKNOWN;
  }
  const [factor, name] = scale(value, units);
  return digits(value / factor) + THIN + name;
}

function scale(value, units) {
  const size = Math.abs(value);
  if (size === 0) {
    return units.find((unit) => unit[2]) || units[0];
  }
  let best = units[0];
  for (const unit of units) {
    // 999.6 W is shown as 1.00 kW, not as 1000 W
    if (Number((size / unit[0]).toPrecision(3)) >= 1) {
      best = unit;
    }
  }
  return best;
}

const POWER = [[1, 'mW'], [1e3, 'W', true], [1e6, 'kW'], [1e9, 'MW'], [1e12, 'GW'], [1e15, 'TW']];
const ENERGY = [[3600, 'mWh'], [3.6e6, 'Wh', true], [3.6e9, 'kWh'], [3.6e12, 'MWh'], [3.6e15, 'GWh'], [3.6e18, 'TWh']];
const MASS = [[1e-3, 'mg'], [1, 'g', true], [1e3, 'kg'], [1e6, 't'], [1e9, 'kt'], [1e12, 'Mt']];
const SPACE = [[1, 'MiB', true], [1024, 'GiB'], [1048576, 'TiB'], [1073741824, 'PiB'], [1099511627776, 'EiB']];

/** Power, mW. */
export const power = (milliwatts) => scaled(milliwatts, POWER);
/** Energy, mJ, in Wh. */
export const energy = (millijoules) => scaled(millijoules, ENERGY);
/** Mass, g. */
export const mass = (grams) => scaled(grams, MASS);
/** Memory or storage, MiB. */
export const space = (mebibytes) => scaled(mebibytes, SPACE);
/** The prefix of power that suits a largest value, as {factor, unit}: for axes. */
export function powerUnit(milliwatts) {
  const [factor, unit] = scale(milliwatts || 0, POWER);
  return {factor, unit};
}

/** A share, 0 to 1, in percent. */
export function ratio(value) {
  if (!known(value)) {
    return UNKNOWN;
  }
  const percent = value * 100;
  const size = Math.abs(percent);
  const text = size > 0 && size < 0.1 ? '<' + THIN + '0.1'
    : size < 9.95 && size > 0 ? percent.toFixed(1) : percent.toFixed(0);
  // no 100 % for what is not all
  return (value < 1 && text === '100' ? '>' + THIN + '99' : text).replace('-', '\u2212') + THIN + '%';
}

/** A change, as a share of what was before: with its sign. */
export function change(value) {
  if (!known(value)) {
    return UNKNOWN;
  }
  const text = ratio(Math.abs(value));
  return (value < 0 ? '\u2212' : '+') + text;
}

/** A whole number with thin spaces between thousands. */
export function count(value) {
  if (!known(value)) {
    return UNKNOWN;
  }
  const text = String(Math.round(Math.abs(value))).replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
  return (value < 0 ? '\u2212' : '') + text;
}

/** A number that may be a fraction: three digits, whole numbers whole. */
export function number(value) {
  return known(value) && Number.isInteger(value) ? count(value) : digits(value);
}

/** A sum of money: two decimals under 100, three digits and a prefix above. */
export function money(value, currency) {
  if (!known(value)) {
    return UNKNOWN;
  }
  const unit = currency ? THIN + currency : '';
  const size = Math.abs(value);
  const sign = value < 0 ? '\u2212' : '';
  if (size > 0 && size < 0.005) {
    return '<' + THIN + '0.01' + unit;
  }
  if (size < 99.995) {
    return sign + size.toFixed(2) + unit;
  }
  if (size < 1e6) {
    return sign + count(size) + unit;
  }
  return sign + (size < 1e9 ? digits(size / 1e6) + THIN + 'M' : digits(size / 1e9) + THIN + 'bn') + unit;
}

/** Temperature, degrees C. */
export const temperature = (celsius) => (known(celsius) ? Math.round(celsius) + THIN + '\u00b0C' : UNKNOWN);

/** A length of time, ms: 12 s, 38 min, 4 h 05 min, 3 d 02 h. */
export function duration(millis) {
  if (!known(millis)) {
    return UNKNOWN;
  }
  const seconds = Math.max(0, Math.round(millis / 1000));
  const pad = (n) => String(n).padStart(2, '0');
  if (seconds < 120) {
    return seconds + THIN + 's';
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) {
    return minutes + THIN + 'min';
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 48) {
    return hours + THIN + 'h ' + pad(minutes % 60) + THIN + 'min';
  }
  return Math.floor(hours / 24) + THIN + 'd ' + pad(hours % 24) + THIN + 'h';
}

/** An age, s: under ten seconds with a decimal. */
export function age(seconds) {
  if (!known(seconds)) {
    return UNKNOWN;
  }
  return seconds < 9.95 ? Math.max(0, seconds).toFixed(1) + THIN + 's' : duration(seconds * 1000);
}

const formats = new Map();

function parts(zone) {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit',
      day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit'});
    formats.set(zone, format);
  }
  return format;
}

function pieces(time, zone) {
  const date = time instanceof Date ? time : new Date(time);
  if (time === null || time === undefined || Number.isNaN(date.getTime())) {
    return null;
  }
  const map = {};
  for (const part of parts(zone || 'UTC').formatToParts(date)) {
    map[part.type] = part.value;
  }
  return map;
}

/** Time of day in a zone: 16:41:07. Times are Date, ms since 1970, or RFC 3339. */
export function clock(time, zone, withSeconds = true) {
  const p = pieces(time, zone);
  return p ? p.hour + ':' + p.minute + (withSeconds ? ':' + p.second : '') : UNKNOWN;
}

/** A date in a zone: 2026-10-18. */
export function date(time, zone) {
  const p = pieces(time, zone);
  return p ? p.year + '-' + p.month + '-' + p.day : UNKNOWN;
}

/** Date and time in a zone: 2026-10-18 16:41. */
export function dateTime(time, zone, withSeconds = false) {
  const p = pieces(time, zone);
  return p ? date(time, zone) + ' ' + clock(time, zone, withSeconds) : UNKNOWN;
}

/** Whether this browser knows a time zone. */
export function zoneOr(zone, other = 'UTC') {
  try {
    parts(zone || other);
    return zone || other;
  } catch (e) {
    if (e instanceof RangeError) {
      return other;
    }
    throw e;
  }
}
