/** Short notices at the bottom of the page. */

import { el } from './dom.js';
import { icon } from './icons.js';

const SECONDS = 6;

/** Say something; `kind` is `info` or `error`. */
export function toast(text, kind = 'info') {
  const host = document.getElementById('toasts');
  const note = el('div', { class: `toast toast-${kind}`, role: kind === 'error' ? 'alert' : null },
    icon(kind === 'error' ? 'cross' : 'check', 16), el('span', {}, text));
  const close = el('button', { type: 'button', 'aria-label': 'Dismiss', on: { click: () => drop(host, note) } }, icon('close', 14));
  note.append(close);
  host.append(note);
  if (host.matches(':popover-open')) host.hidePopover();
  host.showPopover();
  setTimeout(() => drop(host, note), (kind === 'error' ? 2 : 0.6) * SECONDS * 1000);
}

function drop(host, note) {
  note.remove();
  if (!host.childElementCount && host.matches(':popover-open')) host.hidePopover();
}

/** Show why something failed. */
export function toastError(error) {
  toast(error?.message ?? String(error), 'error');
}
