// SPDX-License-Identifier: Apache-2.0
// Paths to views, over the History API. The first screen stays mounted under the others, so that
// Back finds it as it was left: its scroll position, its search, what was selected.

import {h, clear} from './dom.js';

const ROUTES = [
  {pattern: /^\/$/, names: [], view: 'overview'},
  {pattern: /^\/sites\/([^/]+)$/, names: ['site'], view: 'overview'},
  {pattern: /^\/sites\/([^/]+)\/nodes\/([^/]+)$/, names: ['site', 'node'], view: 'node'},
  {pattern: /^\/sites\/([^/]+)\/history$/, names: ['site'], view: 'history'},
  {pattern: /^\/jobs\/([^/]+)\/([^/]+)\/([^/]+)$/, names: ['site', 'cluster', 'id'], view: 'job'},
  {pattern: /^\/reports$/, names: [], view: 'reports'},
];

/** The view of a path and its parameters, decoded; null if there is none. */
export function match(path) {
  for (const route of ROUTES) {
    const found = route.pattern.exec(path);
    if (found) {
      try {
        const params = {};
        route.names.forEach((name, i) => {
          params[name] = decodeURIComponent(found[i + 1]);
        });
        return {view: route.view, params};
      } catch (e) {
        if (e instanceof URIError) {
          return null;
        }
        throw e;
      }
    }
  }
  return null;
}

export class Router {
  /**
   * @param root what views are mounted in
   * @param load loads the module of a view by its name
   * @param context makes ctx of a view: (params, query) -> ctx
   * @param shown called when another view is shown: (view, params)
   */
  constructor(root, {load, context, shown}) {
    this.root = root;
    this.load = load;
    this.context = context;
    this.shown = shown;
    this.kept = null;
    this.current = null;
    this.run = 0;
    history.scrollRestoration = 'manual';
    addEventListener('popstate', () => this.show(history.state?.scroll ?? 0));
    document.addEventListener('click', (event) => this.click(event));
  }

  /** Goes to a path of the page; `replace` leaves no entry to go back to. */
  navigate(path, {replace = false} = {}) {
    const url = new URL(path, location.href);
    if (url.origin !== location.origin) {
      throw new Error('not a path of this page');
    }
    history.replaceState({...history.state, scroll: scrollY}, '');
    if (replace) {
      history.replaceState({scroll: 0}, '', url);
    } else {
      history.pushState({scroll: 0}, '', url);
    }
    return this.show(0);
  }

  click(event) {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
      return;
    }
    const anchor = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (!anchor || anchor.target || anchor.hasAttribute('download') || anchor.origin !== location.origin
        || anchor.getAttribute('href').startsWith('#') || match(anchor.pathname) === null) {
      return;
    }
    event.preventDefault();
    this.navigate(anchor.pathname + anchor.search + anchor.hash);
  }

  async show(scroll) {
    const run = ++this.run;
    const found = match(location.pathname) || {view: 'missing', params: {}};
    const query = new URLSearchParams(location.search);
    if (this.current && this.current.view === found.view && this.current.mounted.update) {
      this.current.mounted.update(found.params, query);
      this.shown(found.view, found.params);
      return;
    }
    let module;
    try {
      module = await this.load(found.view);
    } catch (e) {
      console.error(e);
      module = {mount: (root) => (root.append(h('p', {class: 'empty'}, 'This part of the page could not be loaded: reload the page.')), {unmount() {}})};
    }
    if (run !== this.run) {
      return;
    }
    this.leave(found.view);
    if (this.kept && this.kept.view === found.view) {
      this.current = this.kept;
      this.kept = null;
      this.current.root.hidden = false;
      this.current.mounted.update(found.params, query);
      this.shown(found.view, found.params);
      scrollTo(0, scroll);
      this.current.focused?.focus({preventScroll: true});
      return;
    }
    const root = h('div', {class: 'view view-' + found.view});
    this.root.append(root);
    const mounted = module.mount(root, this.context(found.params, query));
    this.current = {view: found.view, root, mounted};
    this.shown(found.view, found.params);
    scrollTo(0, scroll);
    if (run > 1) {
      const heading = root.querySelector('h1, h2');
      heading?.setAttribute('tabindex', '-1');
      heading?.focus({preventScroll: true});
    }
  }

  leave(next) {
    if (!this.current) {
      return;
    }
    if (this.current.view === 'overview' && next !== 'overview') {
      this.current.focused = document.activeElement instanceof HTMLElement
        && this.current.root.contains(document.activeElement) ? document.activeElement : null;
      this.current.root.hidden = true;
      this.current.mounted.hide?.();
      this.kept = this.current;
    } else {
      this.current.mounted.unmount();
      this.current.root.remove();
    }
    this.current = null;
  }

  /** Takes all views away, as when somebody else signs in. */
  reset() {
    for (const each of [this.current, this.kept]) {
      each?.mounted.unmount();
    }
    this.current = null;
    this.kept = null;
    clear(this.root);
  }
}
