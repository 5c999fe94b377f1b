// SPDX-License-Identifier: Apache-2.0
// The first screen: figures of now and alerts, the power curve, nodes, jobs.

import {button, clear, h, link, setText} from './dom.js';
import {defaultSite} from './header.js';
import * as tiles from './tiles.js';
import * as alerts from './alerts.js';
import * as curve from './curve.js';
import * as jobs from './jobs.js';
import {sitePower} from './site-power.js';

/** Bands in their order; nodes come from a module of their own that is loaded after the first figures. */
export function mount(root, ctx) {
  let bands = [];
  let site = null;
  const empty = h('section', {class: 'empty', hidden: true});
  const holder = h('div', {class: 'bands'});
  root.append(h('h1', {class: 'hidden-text'}, 'Now'), empty, holder);
  let shown = '';
  const offs = [ctx.live.on('site', () => showEmpty()), ctx.live.on('state', () => showEmpty())];
  let asked = ctx.params;
  const firstSite = () => {
    if (site === null) {
      open(asked);
    }
  };
  document.addEventListener('sites-changed', firstSite);

  function open(params) {
    asked = params;
    const wanted = params.site || defaultSite(ctx.sites()) || null;
    if (wanted === site && bands.length > 0) {
      return;
    }
    leave();
    site = wanted;
    showEmpty();
    const own = {...ctx, params: {...params, site}};
    const place = (name, label, module, tag = 'section') => {
      const element = h(tag, {class: 'band band-' + name, 'aria-label': label});
      holder.append(element);
      bands.push(module.mount(element, own));
    };
    if (site !== null && ctx.me.seesSites) {
      ctx.live.site(site);
      own.power = sitePower(own);
      bands.push(own.power);
      place('tiles', 'Figures of now', tiles);
      place('alerts', 'Alerts', alerts);
      place('curve', 'Power over time', curve);
      const nodes = h('section', {class: 'band band-nodes', 'aria-label': 'Nodes'});
      holder.append(nodes);
      lazy(nodes, own);
    }
    place('jobs', 'Jobs', jobs);
  }

  async function lazy(element, own) {
    try {
      const module = await import('./map.js');
      if (element.isConnected) {
        bands.push(module.mount(element, own));
      }
    } catch (e) {
      console.error(e);
      element.append(h('p', {class: 'empty'}, 'The map of nodes could not be loaded: reload the page.'));
    }
  }

  function showEmpty() {
    const now = ctx.live.current?.name === site ? ctx.live.current.now : null;
    const none = site === null && ctx.me.seesSites;
    const missing = site !== null && ctx.live.state === 'missing';
    const shows = none || (now !== null && now.nodes === 0) ? 'start' : missing ? 'missing' : '';
    if (shows !== shown) {
      shown = shows;
      empty.hidden = shows === '';
      holder.classList.toggle('nothing-yet', shows !== '');
      clear(empty).append(...(shows === 'start' ? howToStart(site) : shows === 'missing' ? noSuchSite(site) : []));
    }
  }

  function noSuchSite(name) {
    const others = ctx.sites().map((s) => h('li', {}, link(ctx.paths.site(s.site), s.site)));
    return [h('h2', {}, 'There is no site ' + name), h('p', {}, 'Nothing of it is known, or you may not see it. If it comes up, it is shown here.'),
      others.length > 0 && h('ul', {}, others)].filter(Boolean);
  }

  function howToStart(name) {
    const command = 'joulestream agent --kafka HOST:9092 --site ' + (name || 'SITE');
    const copied = h('span', {class: 'muted', role: 'status'});
    return [
      h('h2', {}, 'No node has reported yet'),
      h('p', {}, 'Start an agent on a node:'),
      h('p', {class: 'command'}, h('code', {}, command), button('Copy', async () => {
        try {
          await navigator.clipboard.writeText(command);
          setText(copied, 'copied');
        } catch {
          setText(copied, 'not allowed here: select the text instead');
        }
      }), copied),
      h('p', {}, 'Or see it with made data: ', h('code', {}, 'joulestream up --simulate 50'), '. ',
        link('/', 'Look again', {on: {click: () => location.reload()}})),
    ];
  }

  function leave() {
    for (const band of bands) {
      band.unmount();
    }
    bands = [];
    clear(holder);
  }

  open(ctx.params);
  return {
    update: open,
    unmount() {
      offs.forEach((off) => off());
      document.removeEventListener('sites-changed', firstSite);
      leave();
    },
  };
}
