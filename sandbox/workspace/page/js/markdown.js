/** The `markdown` block: headings, lists, tables, code, quotes and emphasis, as nodes. */

import { anchor, el } from './dom.js';
import { broadcast, channelMention, emoji, userMention } from './entities.js';
import { codeBlock } from './code.js';
import { unescapeText } from './mrkdwn.js';

const FENCE = /^\s*(```+|~~~+)\s*([\w+-]*)\s*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const INLINE = [
  [/^`([^`\n]+)`/, (m) => el('code', {}, m[1])],
  [/^!?\[([^\]\n]{0,500})\]\(\s*<?([^()\s<>]{1,2000})>?(?:\s+"[^"\n]*")?\s*\)/, (m) => anchor(m[2], inline(m[1] || m[2]))],
  [/^\*\*(?=\S)([^\n]{0,2000}?\S)\*\*/, (m) => el('strong', {}, inline(m[1]))],
  [/^~~(?=\S)([^\n]{0,2000}?\S)~~/, (m) => el('s', {}, inline(m[1]))],
  [/^\*(?=[^\s*])([^*\n]{0,2000}?[^\s*])\*/, (m) => el('em', {}, inline(m[1]))],
  [/^_(?=[^\s_])([^_\n]{0,2000}?[^\s_])_(?!\w)/, (m, before) => (/\w/.test(before) ? null : el('em', {}, inline(m[1])))],
  [/^<(https?:\/\/[^\s<>]+)>/, (m) => anchor(m[1], m[1])],
  [/^https?:\/\/[^\s<>()"'`*]+[^\s<>()"'`*.,;:!?]/, (m) => anchor(m[0], m[0])],
  [/^<@([UWB][A-Z0-9]+)>/, (m) => userMention(m[1])],
  [/^<#([CGD][A-Z0-9]+)>/, (m) => channelMention(m[1])],
  [/^<!(channel|here|everyone)>/, (m) => broadcast(m[1])],
  [/^:([a-z0-9_+-]{1,60}):/, (m) => emoji(m[1])],
];
const STARTERS = new Set('`![*~_<h:');

/** A whole Markdown text. */
export function markdown(text) {
  const lines = String(text ?? '').replaceAll('\r\n', '\n').split('\n');
  const root = el('div', { class: 'markdown' });
  let i = 0;
  while (i < lines.length) i = block(lines, i, root);
  return root;
}

function block(lines, i, root) {
  const line = lines[i];
  if (!line.trim()) return i + 1;
  const fence = FENCE.exec(line);
  if (fence) return fenced(lines, i, fence, root);
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading) {
    root.append(el('p', { class: `md-h md-h${heading[1].length}`, role: 'heading', 'aria-level': heading[1].length + 2 }, inline(heading[2])));
    return i + 1;
  }
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
    root.append(el('hr', { class: 'divider' }));
    return i + 1;
  }
  if (/^\s*>/.test(line)) return quote(lines, i, root);
  if (ITEM.test(line)) return list(lines, i, root);
  if (line.includes('|') && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[i + 1] ?? '')) return table(lines, i, root);
  return paragraph(lines, i, root);
}

function fenced(lines, i, fence, root) {
  let end = i + 1;
  while (end < lines.length && !lines[end].trim().startsWith(fence[1])) end += 1;
  root.append(codeBlock(lines.slice(i + 1, end).join('\n'), { language: fence[2] }));
  return end + 1;
}

function quote(lines, i, root) {
  let end = i;
  while (end < lines.length && /^\s*>/.test(lines[end])) end += 1;
  const inner = markdown(lines.slice(i, end).map((l) => l.replace(/^\s*> ?/, '')).join('\n'));
  root.append(el('blockquote', {}, [...inner.childNodes]));
  return end;
}

function list(lines, i, root) {
  const stack = [];
  let end = i;
  for (; end < lines.length; end += 1) {
    const item = ITEM.exec(lines[end]);
    if (!item) {
      if (!lines[end].trim() || !/^\s{2,}/.test(lines[end])) break;
      stack.at(-1)?.last.append(' ', ...inline(lines[end].trim()));
      continue;
    }
    const depth = item[1].length;
    while (stack.length > 1 && depth < stack.at(-1).depth) stack.pop();
    if (!stack.length || depth > stack.at(-1).depth + 1) {
      const ordered = /\d/.test(item[2]);
      const node = el(ordered ? 'ol' : 'ul', { start: ordered ? parseInt(item[2], 10) : null });
      (stack.at(-1)?.last ?? root).append(node);
      stack.push({ depth, node, last: node });
    }
    const top = stack.at(-1);
    top.last = el('li', {}, inline(item[3]));
    top.node.append(top.last);
  }
  return end;
}

const cells = (line) => line.trim().replace(/^\||\|$/g, '').split('|').map((c) => c.trim());

function table(lines, i, root) {
  const aligns = cells(lines[i + 1]).map((c) => (c.endsWith(':') ? (c.startsWith(':') ? 'center' : 'right') : 'left'));
  const row = (line, tag) => el('tr', {}, cells(line).map((c, n) => el(tag, { class: `align-${aligns[n] ?? 'left'}` }, inline(c))));
  let end = i + 2;
  const body = el('tbody');
  while (end < lines.length && lines[end].includes('|')) body.append(row(lines[end++], 'td'));
  root.append(el('div', { class: 'table-box', tabindex: '0' }, el('table', { class: 'grid' }, el('thead', {}, row(lines[i], 'th')), body)));
  return end;
}

function paragraph(lines, i, root) {
  let end = i;
  const p = el('p');
  while (end < lines.length && lines[end].trim() && (end === i || !startsBlock(lines[end]))) {
    if (end > i) p.append(el('br'));
    p.append(...inline(lines[end]));
    end += 1;
  }
  root.append(p);
  return end;
}

const startsBlock = (line) => FENCE.test(line) || ITEM.test(line) || /^(#{1,6}\s|\s*>)/.test(line);

function inline(text) {
  const out = [];
  let plain = '';
  let i = 0;
  while (i < text.length) {
    const hit = STARTERS.has(text[i]) ? firstMatch(text.slice(i), text[i - 1] ?? ' ') : null;
    if (hit) {
      if (plain) out.push(unescapeText(plain));
      plain = '';
      out.push(hit.node);
      i += hit.length;
    } else {
      if (text[i] === '\\' && /[\\`*_~[\]#|<>]/.test(text[i + 1] ?? '')) i += 1;
      plain += text[i];
      i += 1;
    }
  }
  if (plain) out.push(unescapeText(plain));
  return out;
}

function firstMatch(rest, before) {
  for (const [pattern, make] of INLINE) {
    const found = pattern.exec(rest);
    const node = found && make(found, before);
    if (node) return { node, length: found[0].length };
  }
  return null;
}
