/** Preformatted text: diff colouring, copying, folding when long. */

import { copyText, el } from './dom.js';
import { icon } from './icons.js';
import { toast } from './toast.js';

const FOLD_LINES = 24;
const FOLD_CHARS = 2400;

/** A code block; `content` is text, or nodes whose text is copied. */
export function codeBlock(content, { language = '', fold = true } = {}) {
  const isText = typeof content === 'string';
  const text = isText ? content : content.map((n) => (typeof n === 'string' ? n : n.textContent)).join('');
  const isDiff = language === 'diff';
  const pre = el('pre', { class: 'pre', tabindex: '0', 'aria-label': isDiff ? 'Changes' : 'Preformatted text' },
    isDiff ? diffLines(text) : el('code', {}, content));
  const copy = el('button', { class: 'pre-copy', type: 'button', title: 'Copy', 'aria-label': 'Copy text', on: {
    click: () => copyText(text, () => toast('Copied')),
  } }, icon('copy', 16));
  const box = el('div', { class: `pre-box${isDiff ? ' pre-diff' : ''}` }, pre, copy);
  if (fold && (text.split('\n').length > FOLD_LINES || text.length > FOLD_CHARS)) makeFoldable(box);
  return box;
}

function makeFoldable(box) {
  box.classList.add('folded');
  const button = el('button', { class: 'fold', type: 'button', 'aria-expanded': 'false' }, 'Show all');
  button.addEventListener('click', () => {
    const folded = box.classList.toggle('folded');
    button.textContent = folded ? 'Show all' : 'Show less';
    button.setAttribute('aria-expanded', String(!folded));
  });
  box.append(button);
}

/** One node per line of a unified diff, coloured by what the line does. */
export function diffLines(text) {
  return text.split('\n').map((line) => el('span', { class: `line ${diffKind(line)}` }, line || ' '));
}

function diffKind(line) {
  if (/^(\+\+\+|---)( |$)/.test(line)) return 'line-file';
  if (line.startsWith('+')) return 'line-add';
  if (line.startsWith('-')) return 'line-del';
  return line.startsWith('@@') ? 'line-hunk' : 'line-same';
}
