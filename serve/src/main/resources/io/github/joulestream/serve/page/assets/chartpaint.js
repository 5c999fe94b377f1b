// SPDX-License-Identifier: Apache-2.0
// What is painted over a chart: limits, a forecast, ticks of alerts.

import {colour} from './charts.js';
import {shownText} from './shown.js';

/** How much higher than all else a forecast may make the axis. */
const FORECAST_MOST = 1.3;

/** Top of the axis: the highest value, all limits, and of the forecast what does not dwarf them. */
export function topOf(highest, data) {
  const top = Math.max(highest, ...(data.limits || []).map((l) => l.value));
  return data.forecast ? Math.max(top, Math.min(data.forecast.high, top * FORECAST_MOST)) : top;
}

export function paintOver(u, data, format) {
  const paint = u.ctx;
  const scale = globalThis.uPlot.pxRatio;
  paint.save();
  paint.beginPath();
  paint.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
  paint.clip();
  if (data.forecast) {
    paintForecast(u, paint, scale, data.forecast);
  }
  for (const tick of data.ticks || []) {
    paintTick(u, paint, scale, tick);
  }
  for (const limit of data.limits || []) {
    paintLimit(u, paint, scale, limit, format);
  }
  paint.restore();
}

function paintForecast(u, paint, scale, forecast) {
  const x = (t) => u.valToPos(t, 'x', true);
  const y = (v) => u.valToPos(v, 'y', true);
  paint.fillStyle = colour('--forecast');
  paint.beginPath();
  paint.moveTo(x(forecast.from), y(forecast.value));
  paint.lineTo(x(forecast.until), y(forecast.high));
  paint.lineTo(x(forecast.until), y(forecast.low));
  paint.closePath();
  paint.fill();
  paint.strokeStyle = colour('--text-2');
  paint.lineWidth = scale;
  paint.setLineDash([2 * scale, 3 * scale]);
  paint.beginPath();
  paint.moveTo(x(forecast.from), y(forecast.value));
  paint.lineTo(x(forecast.until), y(forecast.middle));
  paint.stroke();
  paint.setLineDash([]);
}

function paintLimit(u, paint, scale, limit, format) {
  const y = Math.round(u.valToPos(limit.value, 'y', true));
  paint.strokeStyle = colour(limit.over ? '--over' : '--text-2');
  paint.lineWidth = 1.5 * scale;
  paint.setLineDash([6 * scale, 4 * scale]);
  paint.beginPath();
  paint.moveTo(u.bbox.left, y);
  paint.lineTo(u.bbox.left + u.bbox.width, y);
  paint.stroke();
  paint.setLineDash([]);
  paint.font = 12 * scale + 'px system-ui, sans-serif';
  const text = shownText(limit.label + ' ' + format(limit.value));
  const width = paint.measureText(text).width;
  paint.fillStyle = colour('--ground');
  paint.globalAlpha = 0.8;
  paint.fillRect(u.bbox.left + 4 * scale, y + 3 * scale, width + 8 * scale, 17 * scale);
  paint.globalAlpha = 1;
  paint.fillStyle = colour(limit.over ? '--over-text' : '--text');
  paint.textBaseline = 'top';
  paint.textAlign = 'left';
  paint.fillText(text, u.bbox.left + 8 * scale, y + 6 * scale);
}

/** A triangle on the axis: filled while the alert fires, hollow when it has resolved. */
function paintTick(u, paint, scale, tick) {
  const x = u.valToPos(tick.time, 'x', true);
  const base = u.bbox.top + u.bbox.height;
  paint.beginPath();
  paint.moveTo(x, base - 9 * scale);
  paint.lineTo(x - 5 * scale, base);
  paint.lineTo(x + 5 * scale, base);
  paint.closePath();
  paint.lineWidth = 1.5 * scale;
  paint.strokeStyle = colour('--over');
  paint.fillStyle = tick.over ? colour('--over') : colour('--ground');
  paint.fill();
  paint.stroke();
}
