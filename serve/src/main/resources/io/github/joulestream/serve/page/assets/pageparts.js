// SPDX-License-Identifier: Apache-2.0
// Parts that the pages behind the first screen share: figures with the call that made them, and blocks that load.

import {append, button, clear, h, setText} from './dom.js';

/** A link to the call of the API that made a figure; it opens beside the page. */
export function apiLink(path, text = 'API') {
  return h('a', {class: 'api-link', href: path, target: '_blank', rel: 'noopener', title: 'The call of the API that made this: ' + path}, text);
}

/** A link to a file of the API. */
export function csvLink(path, text = 'CSV') {
  return h('a', {class: 'api-link', href: path, download: true}, text);
}

/** Appends parameters to a path: a URLSearchParams or an object. */
export function withQuery(path, ...parameters) {
  const all = new URLSearchParams();
  for (const each of parameters) {
    for (const [name, value] of each instanceof URLSearchParams ? each : Object.entries(each)) {
      if (value !== null && value !== undefined && value !== '') {
        all.append(name, value);
      }
    }
  }
  const text = all.toString();
  return text === '' ? path : path + '?' + text;
}

/** A block with a heading, links on the right, and a body. */
export function block(title, {links = [], level = 'h2', note = ''} = {}) {
  const body = h('div', {class: 'block-body'});
  const side = h('span', {class: 'block-links'}, links);
  const noted = h('p', {class: 'muted small block-note'}, note);
  noted.hidden = note === '';
  const element = h('section', {class: 'block', 'aria-label': title}, h('div', {class: 'block-head'}, h(level, {}, title), side), noted, body);
  return {
    element,
    body,
    /** Puts other links on the right. */
    links(...others) {
      append(clear(side), others);
    },
    note(text) {
      noted.hidden = text === '';
      setText(noted, text);
    },
  };
}

/**
 * Figures that keep their place: each {label, text, note, path, state}. `path` is the call that made it.
 * set(list) changes texts only, as long as the labels are the same.
 */
export function figures() {
  const element = h('dl', {class: 'figures-grid'});
  let labels = '';
  let shown = [];
  return {
    element,
    set(list) {
      const key = list.map((each) => each.label + ' ' + (each.path || '')).join('\n');
      if (key !== labels) {
        labels = key;
        clear(element);
        shown = list.map((each) => {
          const value = h('span', {class: 'figure-value number'});
          const note = h('span', {class: 'figure-note'});
          append(element, h('div', {class: 'figure'}, h('dt', {}, each.label, ' ', each.path ? apiLink(each.path) : null), h('dd', {}, value, note)));
          return {value, note};
        });
      }
      list.forEach((each, i) => {
        setText(shown[i].value, each.text);
        setText(shown[i].note, each.note || '\u00a0');
        shown[i].value.classList.toggle('over', Boolean(each.over));
      });
    },
  };
}

/**
 * Loads something into a block again and again: while it loads for the first time it says so; a failure says what is
 * wrong and how to try again, and what was shown before stays.
 */
export class Loader {
  /**
   * @param {Element} place where the states are shown, before what is loaded
   * @param ctx of app.js
   */
  constructor(place, ctx) {
    this.ctx = ctx;
    this.state = h('p', {class: 'load-state muted', role: 'status'});
    place.prepend(this.state);
    this.state.hidden = true;
    this.loaded = false;
    this.request = null;
    this.timer = 0;
  }

  /**
   * Asks for paths at once and shows their answers.
   * @param {string[]} paths
   * @param {(...answers: object[]) => void} show
   */
  async load(paths, show) {
    this.stop();
    const request = new AbortController();
    this.request = request;
    if (!this.loaded) {
      this.say('Loading …');
    }
    try {
      const answers = await Promise.all(paths.map((path) => this.ctx.api(path, {signal: request.signal})));
      if (this.request === request) {
        this.loaded = true;
        this.state.hidden = true;
        show(...answers);
      }
    } catch (e) {
      if (e.name !== 'AbortError' && this.request === request) {
        this.failed(e, () => this.load(paths, show));
      }
    }
  }

  failed(error, again) {
    const words = error.status === 404 ? 'There is no such thing, or you may not see it.'
      : error.status === 403 ? 'You may not see this.' : error.message;
    this.say(words);
    this.state.classList.add('failed');
    append(this.state, ' ', button('Try again', again, {class: 'quiet'}));
    if (error.status === undefined) {
      console.error(error);
    }
  }

  say(text) {
    this.state.hidden = false;
    this.state.classList.remove('failed');
    setText(this.state, text);
  }

  /** Loads again after a time, ms. */
  later(millis, paths, show) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(paths, show), millis);
  }

  stop() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.request = null;
  }
}

/** Charts whose colours follow light and dark; they end together. */
export class Charts {
  constructor(ctx) {
    this.all = [];
    this.end = ctx.theme.on(() => this.all.forEach((chart) => chart.retheme()));
  }

  add(chart) {
    this.all.push(chart);
    return chart;
  }

  destroy() {
    this.end();
    this.all.forEach((chart) => chart.destroy());
    this.all = [];
  }
}
