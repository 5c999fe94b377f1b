// SPDX-License-Identifier: Apache-2.0
// Light or dark: as the system has it, or as it was chosen here; remembered.

const KEY = 'joulestream.theme';
const CHOICES = ['system', 'light', 'dark'];

/** Values that are remembered in this browser; where that is not allowed they last as the page. */
export const memory = {
  values: new Map(),
  get(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return this.values.get(key) ?? null;
    }
  },
  set(key, value) {
    this.values.set(key, value);
    try {
      localStorage.setItem(key, value);
    } catch {
      // storage is off: it is remembered until the page is left
    }
  },
};

/** {dark, choice, choose(choice), on(fn)}: fn is called when the colours change. */
export function makeTheme() {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const listeners = new Set();
  const theme = {
    choice: CHOICES.includes(memory.get(KEY)) ? memory.get(KEY) : 'system',
    dark: false,
    choose(choice) {
      theme.choice = choice;
      memory.set(KEY, choice);
      apply();
    },
    next() {
      theme.choose(CHOICES[(CHOICES.indexOf(theme.choice) + 1) % CHOICES.length]);
    },
    on(fn) {
      listeners.add(fn);
      return () => listeners.delete(fn);
    },
  };
  function apply() {
    theme.dark = theme.choice === 'dark' || (theme.choice === 'system' && system.matches);
    document.documentElement.dataset.theme = theme.dark ? 'dark' : 'light';
    for (const fn of listeners) {
      fn(theme);
    }
  }
  system.addEventListener('change', apply);
  apply();
  return theme;
}
