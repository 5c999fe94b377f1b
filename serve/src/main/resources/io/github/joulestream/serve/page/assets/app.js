// SPDX-License-Identifier: Apache-2.0
// Starts the page. A view is a module that exports mount(root, ctx), which answers {unmount(),
// update?(params, query)}; update is called instead of mounting anew where only parameters of the
// path changed. ctx = {api, live, navigate, format, paths, me, announce, theme, params, query, zone(site)}.

import * as format from './format.js';
import {apiOf, paths} from './api.js';
import {h, setText} from './dom.js';
import {Live} from './live.js';
import {Router} from './router.js';
import {makeTheme} from './theme.js';
import {makeHeader} from './header.js';
import {makeKeys} from './keys.js';
import {signIn} from './signin.js';

const VIEWS = {
  overview: () => import('./overview.js'),
  node: () => import('./node.js'),
  history: () => import('./history.js'),
  job: () => import('./job.js'),
  reports: () => import('./reports.js'),
  missing: () => import('./missing.js'),
};

const ASLEEP_AFTER = 60000;
const START_AGAIN = 2000;
const SITES_AGAIN = 30000;
const FIRST_SITE_AGAIN = 1000;
let looking;
const main = document.getElementById('main');
const polite = document.getElementById('polite');
const theme = makeTheme();
const live = new Live({unauthorised});
const api = apiOf(unauthorised);
const app = {api, live, theme, me: null, sites: [], header: null, router: null, asking: false};
// what the page shows, as data: for the browser's console
globalThis.joulestream = app;

/** Says a text to those who do not see the page; the last of several within 300 ms. */
let announcing;
function announce(text) {
  clearTimeout(announcing);
  announcing = setTimeout(() => setText(polite, text), 300);
}

/** Time zone of a site. */
function zone(site) {
  const now = live.current?.name === site ? live.current.now : null;
  return format.zoneOr((now || app.sites.find((s) => s.site === site))?.zone);
}

function unauthorised() {
  if (app.asking) {
    return;
  }
  app.asking = true;
  live.close();
  app.router?.reset();
  signIn(main, {api, done: () => {
    app.asking = false;
    start();
  }});
}

async function start() {
  main.setAttribute('aria-busy', 'true');
  try {
    app.me = await api('/api/v1/me');
    app.sites = app.me.seesSites ? (await api('/api/v1/sites')).sites : [];
  } catch (e) {
    if (!app.asking) {
      main.replaceChildren(h('p', {class: 'empty', role: 'alert'}, 'Joulestream does not answer: ' + e.message + '. It is tried again by itself.'));
      setTimeout(start, START_AGAIN);
    }
    return;
  } finally {
    main.removeAttribute('aria-busy');
  }
  main.replaceChildren();
  app.header = app.header || makeHeader(document.getElementById('header'), app, navigate);
  app.header.refresh();
  app.router = app.router || new Router(main, {
    load: (view) => VIEWS[view](),
    context: (params, query) => ({api, live, theme, format, paths, announce, navigate, zone, params, query, me: app.me, sites: () => app.sites, app}),
    shown: (view, params) => {
      app.header.shown(view, params);
    },
  });
  app.router.show(0);
  clearTimeout(looking);
  looking = setTimeout(lookForSites, app.sites.length > 0 ? SITES_AGAIN : FIRST_SITE_AGAIN);
}

/** Sites that have come up since are offered, too; the first is shown at once. */
async function lookForSites() {
  try {
    if (!app.asking && !document.hidden && app.me.seesSites) {
      const names = (sites) => sites.map((s) => s.site).join('\n');
      const {sites} = await api('/api/v1/sites');
      if (names(sites) !== names(app.sites)) {
        app.sites = sites;
        app.header.refresh();
        document.dispatchEvent(new CustomEvent('sites-changed'));
      }
    }
  } catch (e) {
    if (e.status === undefined) {
      throw e;
    }
    // the stream says that there is no connection; it is asked again
  } finally {
    looking = setTimeout(lookForSites, app.sites.length > 0 ? SITES_AGAIN : FIRST_SITE_AGAIN);
  }
}

function navigate(path, options) {
  return app.router.navigate(path, options);
}

document.documentElement.classList.toggle('wall', new URLSearchParams(location.search).has('wall'));
makeKeys(app, navigate);
// a browser has few connections to a server: a tab that nobody looks at gives its own back
let sleeping;
document.addEventListener('visibilitychange', () => {
  clearTimeout(sleeping);
  if (document.hidden) {
    sleeping = setTimeout(() => live.sleep(true), ASLEEP_AFTER);
  } else {
    live.sleep(false);
  }
});
addEventListener('unhandledrejection', (event) => {
  if (event.reason?.name === 'AbortError') {
    event.preventDefault();
  }
});
start();
