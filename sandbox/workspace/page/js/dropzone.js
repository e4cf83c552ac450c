/** Dropping files from the desktop onto a part of the page. */

import { el } from './dom.js';

/** Files dropped on `node` go to `take(files)`; a veil with `label` shows while they hover. */
export function dropzone(node, label, take) {
  const veil = el('div', { class: 'drop-veil', hidden: true, 'aria-hidden': 'true' }, el('span', {}, label));
  node.append(veil);
  let depth = 0;
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
  const hover = (change) => (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = Math.max(0, depth + change);
    veil.hidden = depth === 0;
  };
  node.addEventListener('dragenter', hover(1));
  node.addEventListener('dragover', hover(0));
  node.addEventListener('dragleave', hover(-1));
  node.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    veil.hidden = true;
    take([...event.dataTransfer.files]);
  });
}
