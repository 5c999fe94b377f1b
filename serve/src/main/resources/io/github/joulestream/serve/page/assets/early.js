// SPDX-License-Identifier: Apache-2.0
// Before anything is shown: the colours that were chosen, so that the page does not flash.
(function () {
  let choice = null;
  try {
    choice = localStorage.getItem('joulestream.theme');
  } catch (e) {
    // storage is off: the system's colours
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  document.documentElement.classList.add('scripted');
})();
