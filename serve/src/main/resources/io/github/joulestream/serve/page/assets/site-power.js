// SPDX-License-Identifier: Apache-2.0
// Power of the last hour of the site that is shown, for all bands: history, then frames.

import {PowerPoints} from './history-data.js';

const HOUR = 3600;
const SLACK = 120;
const RETRY = 15000;
/** After this time the newest steps of what was loaded are complete, and are loaded again, ms. */
const COMPLETE = 45000;

/** PowerPoints that are kept up to date, with on(fn), problem and unmount(). */
export function sitePower(ctx) {
  const site = ctx.params.site;
  const points = new PowerPoints(HOUR + SLACK);
  const listeners = new Set();
  const abort = new AbortController();
  let timer;
  points.problem = '';
  points.on = (fn) => {
    listeners.add(fn);
    return () => listeners.delete(fn);
  };
  const off = ctx.live.on('site', (state) => {
    if (state.name === site) {
      points.add(state.now);
    }
  });

  async function load(again) {
    try {
      points.load(await ctx.api('/api/v1/sites/' + encodeURIComponent(site) + '/power', {signal: abort.signal}));
      points.problem = '';
      if (again) {
        timer = setTimeout(load, COMPLETE, false);
      }
    } catch (e) {
      if (e.name === 'AbortError') {
        return;
      }
      points.problem = e.message;
      timer = setTimeout(load, RETRY, again);
    }
    listeners.forEach((fn) => fn());
  }

  let wasLost = false;
  const offState = ctx.live.on('state', (state) => {
    if (state === 'lost' || state === 'asleep') {
      points.interrupted();
    }
    if (state === 'live' && wasLost) {
      // what happened meanwhile is in the history
      clearTimeout(timer);
      load(true);
    }
    wasLost = state === 'lost' || state === 'asleep' || (wasLost && state !== 'live');
  });

  load(true);
  points.unmount = () => {
    abort.abort();
    clearTimeout(timer);
    off();
    offState();
  };
  return points;
}
