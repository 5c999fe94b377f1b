// SPDX-License-Identifier: Apache-2.0
// Alerts: a line that is always there, and all of them under it.

import {clear, h, link, setAttribute, setText} from './dom.js';
import * as format from './format.js';

const ORDER = {CRITICAL: 0, WARNING: 1, INFO: 2};
const MARKS = {CRITICAL: '\u25b2', WARNING: '\u25b2', INFO: '\u25cf'};
const NODES = 5;

/** Those that fire first, the severest first, then the newest. */
export function sortAlerts(alerts) {
  const firing = (a) => (a.state === 'FIRING' ? 0 : 1);
  return [...alerts].sort((a, b) => firing(a) - firing(b) || ORDER[a.severity] - ORDER[b.severity]
    || Date.parse(b.since) - Date.parse(a.since) || (a.id < b.id ? -1 : 1));
}

export function mount(root, ctx) {
  const site = ctx.params.site;
  const title = h('span', {class: 'alerts-count'}, 'Alerts');
  const first = h('span', {class: 'alerts-first muted'});
  const list = h('ul', {class: 'alerts-list'});
  const details = h('details', {}, h('summary', {data: {go: 'alerts'}}, title, first), list);
  root.append(h('h2', {class: 'hidden-text'}, 'Alerts'), details);
  let before = null;

  function show() {
    const state = ctx.live.current;
    if (state?.name !== site || state.alerts === null) {
      return;
    }
    const alerts = sortAlerts(state.alerts);
    const firing = alerts.filter((a) => a.state === 'FIRING');
    setText(title, firing.length === 0 ? 'No alert fires' : firing.length + ' firing');
    root.classList.toggle('is-over', firing.length > 0);
    const over = alerts.length - firing.length;
    setText(first, firing.length > 0 ? firing[0].summary : over > 0 ? over + ' resolved in the last hour' : '');
    setAttribute(details, 'data-empty', alerts.length === 0);
    clear(list).append(...alerts.map(row));
    say(firing);
  }

  function row(alert) {
    const zone = ctx.zone(site);
    const fires = alert.state === 'FIRING';
    const nodes = alert.nodes || [];
    return h('li', {class: fires ? 'fires' : 'muted'},
      h('span', {class: 'alert-mark', 'aria-hidden': 'true'}, fires ? MARKS[alert.severity] : '\u2713'),
      h('span', {class: 'alert-state'}, fires ? alert.severity.toLowerCase() : 'resolved'),
      h('span', {class: 'number'}, format.clock(alert.since, zone, false) + (alert.ended ? '\u2013' + format.clock(alert.ended, zone, false) : ' on')),
      h('span', {class: 'alert-text'}, alert.summary,
        nodes.length > 0 && [' ', h('span', {class: 'small'}, nodes.slice(0, NODES).map((n) => [link(ctx.paths.node(site, n), n), ' ']),
          nodes.length > NODES && 'and ' + (nodes.length - NODES) + ' more')]));
  }

  /** Says what fired and what resolved since the last time. */
  function say(firing) {
    const now = new Map(firing.map((a) => [a.id, a]));
    if (before !== null) {
      const fired = firing.filter((a) => !before.has(a.id));
      const resolved = [...before.values()].filter((a) => !now.has(a.id));
      if (fired.length + resolved.length > 0) {
        ctx.announce([...fired.map((a) => 'Alert fires: ' + a.summary), ...resolved.map((a) => 'Alert resolved: ' + a.summary)].join('. '));
      }
    }
    before = now;
  }

  const off = ctx.live.on('alerts', show);
  show();
  return {unmount: off};
}
