// SPDX-License-Identifier: Apache-2.0
// Reports to open or to save: which kind, of which period and site, in which form.

import {append, clear, h, setAttribute, setText} from './dom.js';
import {Loader, withQuery} from './pageparts.js';

const PERIODS = [['last-month', 'last month'], ['this-month', 'this month'], ['last-week', 'last week'], ['this-week', 'this week'], ['yesterday', 'yesterday'], ['today', 'today'],
  ['last-quarter', 'last quarter'], ['this-quarter', 'this quarter'], ['last-year', 'last year'], ['this-year', 'this year'], ['', 'another …']];
const FORMATS = {html: 'HTML', pdf: 'PDF', csv: 'CSV', json: 'JSON', markdown: 'Markdown', focus: 'FOCUS'};
/** Forms that a browser shows; the others are saved. */
const SHOWN = ['html', 'pdf', 'json'];

export function mount(root, ctx) {
  const state = {period: ctx.query.get('period') || 'last-month', site: ctx.query.get('site') || '', user: ctx.query.get('user') || '', project: ctx.query.get('project') || ''};
  const isWord = PERIODS.some(([value]) => value === state.period);
  const period = h('select', {id: 'report-period', on: {change: () => changed()}}, PERIODS.map(([value, words]) => h('option', {value, selected: value === (isWord ? state.period : '')}, words)));
  const own = h('input', {'aria-label': 'period', placeholder: '2026-10, 2026-Q3, 2026-W41, 2026-10-01..2026-10-15', size: '32', value: isWord ? '' : state.period, on: {change: () => changed()}});
  const site = h('select', {id: 'report-site', on: {change: () => changed()}}, h('option', {value: ''}, 'all sites'),
    ctx.sites().map((each) => h('option', {value: each.site, selected: each.site === state.site}, each.site)));
  const user = h('input', {id: 'report-user', size: '12', value: state.user, on: {change: () => changed()}});
  const project = h('input', {id: 'report-project', size: '12', value: state.project, on: {change: () => changed()}});
  const list = h('div', {class: 'report-list'});
  const body = h('div');
  let kinds = [];

  append(root, h('h1', {}, 'Reports'),
    h('form', {class: 'report-form', on: {submit: (event) => event.preventDefault()}},
      h('span', {}, h('label', {for: 'report-period'}, 'period '), period, ' ', own),
      h('span', {}, h('label', {for: 'report-site'}, 'site '), site),
      h('span', {}, h('label', {for: 'report-project'}, 'project '), project),
      h('span', {}, h('label', {for: 'report-user'}, 'user '), user)),
    body, list);
  const loader = new Loader(body, ctx);

  function changed() {
    read();
    const {period: chosen, ...rest} = state;
    ctx.navigate(withQuery('/reports', {period: chosen === 'last-month' ? '' : chosen, ...rest}), {replace: true});
    show();
  }

  function read() {
    own.hidden = period.value !== '';
    state.period = period.value === '' ? own.value.trim() : period.value;
    state.site = site.value;
    state.user = user.value.trim();
    state.project = project.value.trim();
  }

  function zone() {
    return state.site === '' ? (ctx.sites().length === 1 ? ctx.zone(ctx.sites()[0].site) : null) : ctx.zone(state.site);
  }

  function show() {
    append(clear(list), kinds.map((kind) => {
      const paths = kind.formats.map((format) => [format, withQuery('/api/v1/reports/' + encodeURIComponent(kind.name),
        {period: state.period, site: state.site, user: state.user, project: state.project, zone: zone(), format})]);
      const missing = state.period === '' ? 'Enter a period.' : kind.name === 'group' && state.user === '' && state.project === '' ? 'Enter a project or a user.' : '';
      return h('section', {class: 'report', 'aria-label': kind.name}, h('h2', {}, kind.name), h('p', {}, kind.description),
        missing !== '' ? h('p', {class: 'muted'}, missing)
          : h('p', {class: 'report-forms'}, paths.map(([format, path]) => SHOWN.includes(format)
            ? h('span', {class: 'report-form-links'}, h('a', {href: path, target: '_blank', rel: 'noopener'}, `Open ${FORMATS[format] || format}`), saving(kind, format, path, 'save'))
            : saving(kind, format, path, `Save ${FORMATS[format] || format}`))));
    }));
  }

  function saving(kind, format, path, words) {
    const link = h('a', {href: path, download: `${kind.name}-${state.period}.${format === 'markdown' ? 'md' : format === 'focus' ? 'csv' : format}`}, words);
    setAttribute(link, 'aria-label', `Save ${kind.name} as ${FORMATS[format] || format}`);
    return link;
  }

  read();
  loader.load(['/api/v1/reports'], (answer) => {
    kinds = answer.kinds;
    show();
    if (kinds.length === 0) {
      setText(list, 'There are no reports.');
    }
  });
  return {unmount: () => loader.stop(), update: () => show()};
}
