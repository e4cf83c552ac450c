/** Looking at one picture or one text file in large. */

import { el } from './dom.js';
import { icon } from './icons.js';

/** A picture over the whole window. */
export function showPicture({ url, alt, title }) {
  open(title ?? alt ?? 'Picture', url, el('img', { class: 'lightbox-image', src: url, alt: alt ?? '' }), 'lightbox-dark');
}

/** A text file in a reading window. */
export function showText({ name, url, node }) {
  open(name, url, node, 'lightbox-paper');
}

function open(name, url, node, kind) {
  const dialog = el('dialog', { class: `lightbox ${kind}`, 'aria-label': name },
    el('header', { class: 'lightbox-head' }, el('h2', {}, name),
      el('a', { class: 'btn-quiet', href: url, download: name, 'aria-label': `Download ${name}`, title: 'Download' }, icon('download')),
      el('button', { class: 'btn-quiet', type: 'button', 'aria-label': 'Close', on: { click: () => dialog.close() } }, icon('close'))),
    el('div', { class: 'lightbox-body' }, node));
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
