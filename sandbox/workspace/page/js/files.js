/** Files in messages: pictures inline, text and tables as snippets, anything as a download. */

import { el, fill, localUrl } from './dom.js';
import { diffLines } from './code.js';
import { parseDelimited } from './delimited.js';
import { icon } from './icons.js';
import { showPicture, showText } from './lightbox.js';

const PREVIEW_LINES = 8;
const VIEW_BYTES = 400_000;
const SHORT_JSON_BYTES = 2_000;
const TEXT = /\.(txt|md|prompt|csv|tsv|jsonl?|diff|patch|ya?ml|py|log)$/i;

/** Where this page may read a file from: never the token-guarded address that apps use. */
export function fileAddress(file) {
  const given = file.url ?? file.url_private ?? '';
  const guarded = /\/files-pri\/([^/]+)\/(.+)$/.exec(given);
  if (guarded) return `/files/${guarded[1]}/${guarded[2]}`;
  if (given) return given;
  return `/files/${encodeURIComponent(file.id ?? '')}/${encodeURIComponent(file.name ?? 'file')}`;
}

/** Bytes as people say them. */
export function sizeText(bytes) {
  if (!Number.isFinite(bytes)) return '';
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1_048_576 ? `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}

/** All files of one message. */
export function filesNode(files) {
  return el('div', { class: 'files' }, files.map((file) => (isPicture(file) ? picture(file) : attachment(file))));
}

const isPicture = (file) => /^image\/(png|jpe?g|gif|webp)$/.test(file.mimetype ?? '');

function picture(file) {
  return imageFigure({ url: fileAddress(file), thumb: file.thumb, alt: file.alt_txt ?? file.title ?? file.name, title: file.title ?? file.name });
}

/** A picture that opens large; one from another machine is named, not loaded. */
export function imageFigure({ url, thumb, alt, title, host }) {
  const local = localUrl(url);
  if (!local) {
    return el('div', { class: 'unknown-block' }, `Picture not loaded${host ? ` from ${host}` : ''}: this page reads nothing from other machines. ${alt ?? ''}`);
  }
  const show = () => showPicture({ url: local, alt, title });
  return el('figure', { class: 'picture' },
    title && el('figcaption', {}, title),
    el('button', { type: 'button', class: 'picture-open', 'aria-label': `Open image: ${alt || title || 'picture'}`, on: { click: show } },
      el('img', { src: thumb ?? local, alt: alt ?? '', loading: 'lazy' })));
}

function attachment(file) {
  const url = fileAddress(file);
  const isText = TEXT.test(file.name ?? '') || (file.mimetype ?? '').startsWith('text/');
  const readable = isText && (file.size ?? 0) <= VIEW_BYTES;
  const small = readable && (extension(file.name) !== 'json' || (file.size ?? 0) <= SHORT_JSON_BYTES);
  const preview = el('div', { class: 'snippet-preview' });
  const view = el('button', { class: 'btn-quiet', type: 'button', title: 'View', 'aria-label': `View ${file.name}`, on: {
    click: async () => showText({ name: file.name, url, node: whole(file, await readText(url)) }),
  } }, icon('expand', 16));
  const card = el('article', { class: `file${small ? ' snippet' : ''}`, 'aria-label': `File ${file.name}` },
    el('header', { class: 'file-head' },
      el('span', { class: `file-sign kind-${extension(file.name)}` }, icon(/csv|tsv|xlsx/.test(extension(file.name)) ? 'table' : 'file', 18)),
      el('span', { class: 'file-name' }, file.title && file.title !== file.name ? file.title : file.name, el('small', {}, [extension(file.name).toUpperCase(), sizeText(file.size)].filter(Boolean).join(' · '))),
      el('span', { class: 'file-tools' }, readable && view,
        el('a', { class: 'btn-quiet', href: url, download: file.name, title: 'Download', 'aria-label': `Download ${file.name}` }, icon('download', 16)))),
    small && preview);
  if (small) readText(url).then((text) => fill(preview, excerpt(file, text)), () => preview.remove());
  return card;
}

const extension = (name) => /\.([a-z0-9]{1,8})$/i.exec(name ?? '')?.[1].toLowerCase() ?? 'file';

const texts = new Map();

async function readText(url) {
  if (!texts.has(url)) texts.set(url, await loadText(url));
  return texts.get(url);
}

async function loadText(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error('This file could not be read.');
  return response.text();
}

function excerpt(file, text) {
  const kind = extension(file.name);
  if (kind === 'csv' || kind === 'tsv') {
    const rows = parseDelimited(text, kind === 'tsv' ? '\t' : ',');
    const more = rows.length - 1 - 4;
    return [grid(rows.slice(0, 5)), more > 0 && el('div', { class: 'snippet-more' }, `${more} more ${more === 1 ? 'row' : 'rows'}`)];
  }
  const lines = text.replace(/\n$/, '').split('\n');
  const shown = lines.slice(0, PREVIEW_LINES).join('\n');
  const more = lines.length - PREVIEW_LINES;
  return [el('pre', { class: isDiff(kind) ? 'pre-diff' : null }, isDiff(kind) ? diffLines(shown) : shown), more > 0 && el('div', { class: 'snippet-more' }, `${more} more ${more === 1 ? 'line' : 'lines'}`)];
}

const isDiff = (kind) => kind === 'diff' || kind === 'patch';

function whole(file, text) {
  const kind = extension(file.name);
  if (kind === 'csv' || kind === 'tsv') return grid(parseDelimited(text, kind === 'tsv' ? '\t' : ',').slice(0, 1000));
  return el('pre', { class: `whole-text${isDiff(kind) ? ' pre-diff' : ''}`, tabindex: '0' }, isDiff(kind) ? diffLines(text) : text);
}

function grid(rows) {
  const [head = [], ...body] = rows;
  return el('div', { class: 'table-box', tabindex: '0' }, el('table', { class: 'grid' },
    el('thead', {}, el('tr', {}, head.map((c) => el('th', { scope: 'col' }, c)))),
    el('tbody', {}, body.map((row) => el('tr', {}, row.map((c) => el('td', {}, c)))))));
}
