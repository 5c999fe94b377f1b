// SPDX-License-Identifier: Apache-2.0
// Builds elements. Texts always become text nodes, as shown.js has them: what users wrote is never
// markup, and neither turns the direction of others' texts nor hides.

import {shownText} from './shown.js';

const SVG = 'http://www.w3.org/2000/svg';

/** Attributes that people read. */
const READ = new Set(['title', 'aria-label', 'aria-description', 'alt', 'placeholder', 'label']);

function attribute(name, value) {
  return value === true ? '' : READ.has(name) ? shownText(value) : String(value);
}

/**
 * An element: h('td', {class: 'number', on: {click: f}, data: {job: id}}, 'text', child).
 * Children that are null, undefined or false are left out. `props.text` sets its text,
 * `props.style` properties of CSS (also custom ones), any other property is an attribute: true is
 * an empty one; false, null and undefined leave it out.
 */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** The same, of SVG. */
export function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props || {})) {
    if (value === false || value === null || value === undefined) {
      continue;
    }
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value)) {
        element.addEventListener(event, listener);
      }
    } else if (name === 'data') {
      Object.assign(element.dataset, value);
    } else if (name === 'style') {
      for (const [property, text] of Object.entries(value)) {
        element.style.setProperty(property, text);
      }
    } else if (name === 'text') {
      element.textContent = shownText(value);
    } else if (/^on/i.test(name)) {
      throw new Error('listeners go into "on"');
    } else {
      element.setAttribute(name, attribute(name, value));
    }
  }
  append(element, children);
  return element;
}

/** Appends elements and texts; lists within lists are allowed. */
export function append(element, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : document.createTextNode(shownText(child)));
    }
  }
  return element;
}

/** Takes all children away. */
export function clear(element) {
  element.replaceChildren();
  return element;
}

/** Sets a text if it is another one: what did not change is not laid out again. */
export function setText(element, text) {
  const wanted = shownText(text);
  if (element.firstChild && element.firstChild === element.lastChild && element.firstChild.nodeType === 3) {
    if (element.firstChild.data !== wanted) {
      element.firstChild.data = wanted;
    }
  } else if (element.textContent !== wanted || element.childElementCount > 0) {
    element.textContent = wanted;
  }
  return element;
}

/** Sets an attribute if it is another one; null and false take it away, true is an empty one. */
export function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) {
    element.removeAttribute(name);
  } else {
    const wanted = attribute(name, value);
    if (element.getAttribute(name) !== wanted) {
      element.setAttribute(name, wanted);
    }
  }
}

/** A link within the page; plain clicks are taken by the router. */
export function link(href, text, props = {}) {
  return h('a', {href, ...props}, text);
}

/** A button that shows a text. */
export function button(text, onClick, props = {}) {
  return h('button', {type: 'button', on: {click: onClick}, ...props}, text);
}

/**
 * A table with a caption, for charts and figures: columns are {label, number?}, rows are lists of
 * texts or elements.
 */
export function table(caption, columns, rows, props = {}) {
  return h('table', props,
    h('caption', {}, caption),
    h('thead', {}, h('tr', {}, columns.map((c) => h('th', {scope: 'col', class: c.number && 'number'}, c.label)))),
    h('tbody', {}, rows.map((row) => h('tr', {}, row.map((cell, i) =>
      i === 0 ? h('th', {scope: 'row', class: columns[i].number && 'number'}, cell)
        : h('td', {class: columns[i].number && 'number'}, cell))))));
}
