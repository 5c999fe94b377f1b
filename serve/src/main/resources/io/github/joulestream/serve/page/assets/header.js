// SPDX-License-Identifier: Apache-2.0
// The line on top: which site, which part, the site's time, how old the data are, the books.

import * as format from './format.js';
import {button, clear, h, link, setAttribute, setText} from './dom.js';
import {jobOf, paths} from './api.js';
import {shownText} from './shown.js';
import {memory} from './theme.js';
import {SIGNED_IN} from './signin.js';

const THEME_NAMES = {system: 'colours: system', light: 'colours: light', dark: 'colours: dark'};
/** From this age on data are marked as old, s. */
export const OLD = 15;

/** The site that was shown last, if it is still there; else the one with the most power. */
export function defaultSite(sites) {
  const last = memory.get('joulestream.site');
  const power = (s) => s.milliwatts ?? -1;
  return (sites.find((s) => s.site === last) || [...sites].sort((a, b) => power(b) - power(a))[0])?.site;
}

export function makeHeader(root, app, navigate) {
  const {live, theme} = app;
  const chooser = h('select', {'aria-label': 'Site', on: {change: () => navigate(paths.site(chooser.value))}});
  const wallSite = h('span', {class: 'wall-site'});
  const links = {
    overview: link('/', 'Now'), history: link('/', 'History'), reports: link('/reports', 'Reports'),
  };
  const zone = h('span', {class: 'zone'});
  const clock = h('time', {class: 'number clock'});
  const age = h('span', {class: 'number age'});
  const books = h('span', {class: 'number books'});
  const pause = button('Pause', () => live.pause(!live.paused), {class: 'quiet pause', 'aria-pressed': 'false'});
  const colours = button('', () => theme.next(), {class: 'quiet theme'});
  const help = button('?', () => document.dispatchEvent(new CustomEvent('keys-help')), {class: 'quiet help', 'aria-label': 'Keys'});
  const who = h('span', {class: 'who'});
  const out = button('Sign out', async () => {
    await app.api('/api/v1/session', {method: 'DELETE'});
    memory.set(SIGNED_IN, 'no');
    location.assign('/');
  }, {class: 'quiet', hidden: true});
  const lost = document.getElementById('lost');
  let site = null;
  let lastShown = null;

  clear(root).append(
    h('a', {href: '/', class: 'brand'}, h('img', {src: new URL('favicon.svg', import.meta.url).pathname, alt: '', width: '20', height: '20'}), 'Joulestream'),
    h('span', {class: 'site-choice'}, chooser, wallSite),
    h('nav', {'aria-label': 'Parts'}, h('ul', {}, Object.values(links).map((l) => h('li', {}, l)))),
    lost,
    h('span', {class: 'state'}, h('span', {class: 'when'}, zone, ' ', clock), age, books),
    h('span', {class: 'controls'}, pause, colours, help, who, out));

  function shown(view, params) {
    lastShown = [view, params];
    if (params.site) {
      site = params.site;
      if (app.sites.some((s) => s.site === site)) {
        memory.set('joulestream.site', site);
      }
    } else {
      site = site || defaultSite(app.sites) || null;
    }
    if (site !== null) {
      links.overview.href = paths.site(site);
      links.history.href = paths.history(site);
      if (![...chooser.options].some((o) => o.value === site)) {
        chooser.append(h('option', {value: site}, site));
      }
      chooser.value = site;
      setText(wallSite, site);
      if (live.current?.name !== site && app.me.seesSites) {
        live.site(site);
      }
    }
    for (const [name, each] of Object.entries(links)) {
      setAttribute(each, 'aria-current', name === view ? 'page' : null);
    }
    links.history.parentElement.hidden = site === null;
    document.title = shownText([titleOf(view, params), site, 'Joulestream'].filter(Boolean).join(' \u00b7 '));
    tick();
  }

  function tick() {
    const now = live.current?.now;
    const at = format.zoneOr(now?.zone);
    const paused = live.paused;
    const time = new Date();
    setText(zone, now ? at : '');
    setText(clock, format.clock(time, at));
    clock.dateTime = time.toISOString();
    const seconds = live.current ? live.current.age() : null;
    const old = seconds !== null && seconds >= OLD;
    setText(age, seconds === null ? '' : 'data ' + format.age(seconds) + ' old');
    age.classList.toggle('old', old);
    document.documentElement.classList.toggle('stale', old || live.state === 'lost');
    const difference = now ? now.differenceMillijoules : null;
    setText(books, difference === null ? '' : 'books ' + format.count(difference) + '\u2009mJ');
    books.classList.toggle('over', difference !== null && difference !== 0);
    books.title = 'Measured energy less that of jobs less idle; anything other than 0 is a defect';
    setText(pause, paused ? 'Resume' : 'Pause');
    setAttribute(pause, 'aria-pressed', String(paused));
    const isLost = live.state === 'lost';
    lost.classList.toggle('is-lost', isLost);
    if (old && !isLost) {
      setText(lost, 'No newer reading than of ' + format.clock(now.at, at));
    }
    if (isLost) {
      setText(lost, 'No connection since ' + format.clock(live.lostSince, at) + '; tried again by itself');
    } else if (!old) {
      setText(lost, '');
    }
    lost.title = lost.textContent;
  }

  function refresh() {
    const chosen = chooser.value;
    clear(chooser);
    for (const each of app.sites) {
      chooser.append(h('option', {value: each.site}, each.site));
    }
    chooser.parentElement.hidden = app.sites.length === 0;
    if (chosen) {
      chooser.value = chosen;
    } else if (lastShown) {
      shown(...lastShown);
    }
    const me = app.me;
    setText(who, me.user);
    who.title = shownText('role ' + me.role + (me.projects.length > 0 ? ', projects ' + me.projects.join(', ') : ''));
    out.hidden = memory.get(SIGNED_IN) !== 'yes';
  }

  setText(colours, THEME_NAMES[theme.choice]);
  theme.on(() => setText(colours, THEME_NAMES[theme.choice]));
  live.on('site', tick);
  live.on('state', tick);
  setInterval(tick, 500);
  return {shown, refresh};
}

function titleOf(view, params) {
  switch (view) {
    case 'node': return params.node;
    case 'job': return 'job ' + jobOf(params.cluster, params.id);
    case 'history': return 'history';
    case 'reports': return 'reports';
    case 'missing': return 'nothing here';
    default: return '';
  }
}
