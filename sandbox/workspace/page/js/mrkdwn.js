/** Slack's mrkdwn as nodes: emphasis, code, quotes, links, mentions, emoji; everything else stays text. */

import { anchor, el } from './dom.js';
import { broadcast, channelMention, emoji, userMention } from './entities.js';
import { codeBlock } from './code.js';
import { formatDate } from './time.js';

const MARKS = { '*': 'strong', _: 'em', '~': 's' };
const BARE_URL = /^https?:\/\/[^\s<>|"'`*]+[^\s<>|"'`*.,;:!?)\]}]/;
const EMOJI_NAME = /^:([a-z0-9_+-]{1,60}(?:::skin-tone-\d)?):/;

/** Undo the three escapes that Slack text carries. */
export function unescapeText(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** A whole mrkdwn text. `verbatim` leaves bare addresses unlinked. */
export function mrkdwn(text, { verbatim = false } = {}) {
  const root = el('div', { class: 'mrkdwn' });
  const parts = String(text ?? '').split('```');
  const closed = parts.length % 2 === 1;
  parts.forEach((part, i) => {
    if (i % 2 === 1 && (closed || i < parts.length - 1)) root.append(codeBlock(unescapeText(part.replace(/^\n|\n$/g, ''))));
    else paragraphs(i % 2 === 1 ? '```' + part : part, i > 0, root, verbatim);
  });
  return root;
}

function paragraphs(text, afterCode, root, verbatim) {
  const lines = (afterCode ? text.replace(/^\n/, '') : text).replace(/\n$/, '').split('\n');
  let run = [];
  let quoted = false;
  const flush = () => {
    if (run.length && (run.length > 1 || run[0] !== '')) {
      root.append(el(quoted ? 'blockquote' : 'p', {}, inline(run.join('\n'), { verbatim })));
    }
    run = [];
  };
  for (const line of lines) {
    const quote = /^(?:&gt;|>)(?!&gt;) ?/.exec(line);
    if (Boolean(quote) !== quoted) flush();
    quoted = Boolean(quote);
    run.push(quote ? line.slice(quote[0].length) : line);
  }
  flush();
}

/** Inline mrkdwn as a list of nodes. */
export function inline(text, options = {}) {
  const out = [];
  let plain = '';
  const put = (node) => {
    if (plain) out.push(unescapeText(plain));
    plain = '';
    if (node) out.push(node);
  };
  let i = 0;
  while (i < text.length) {
    const found = tokenAt(text, i, options);
    if (found) {
      put(found.node);
      i += found.length;
    } else {
      plain += text[i];
      i += 1;
    }
  }
  put(null);
  return out;
}

function tokenAt(text, i, options) {
  const char = text[i];
  if (char === '\n') return { node: el('br'), length: 1 };
  if (char === '<') return entityAt(text, i);
  if (char === '`') return codeAt(text, i);
  if (char in MARKS) return emphasisAt(text, i, options);
  const before = text[i - 1];
  if (char === ':' && !isWord(before)) {
    const name = EMOJI_NAME.exec(text.slice(i, i + 80));
    return name && { node: emoji(name[1]), length: name[0].length };
  }
  if (char === 'h' && !options.verbatim && !isWord(before)) {
    const url = BARE_URL.exec(text.slice(i, i + 3000));
    return url && { node: anchor(unescapeText(url[0]), unescapeText(url[0])), length: url[0].length };
  }
  return null;
}

const isWord = (char) => char !== undefined && /[\p{L}\p{N}_]/u.test(char);

function codeAt(text, i) {
  const end = text.indexOf('`', i + 1);
  const inner = end > i + 1 ? text.slice(i + 1, end) : '';
  if (!inner || inner.includes('\n')) return null;
  return { node: el('code', {}, unescapeText(inner.replace(/<(https?:[^<>|]+)(?:\|[^<>]*)?>/g, '$1'))), length: end - i + 1 };
}

function emphasisAt(text, i, options) {
  const mark = text[i];
  const next = text[i + 1];
  if (isWord(text[i - 1]) || next === undefined || /\s/.test(next) || next === mark) return null;
  const end = closingMark(text, i + 1, mark);
  if (end < 0) return null;
  const inner = inline(text.slice(i + 1, end), options);
  return { node: el(MARKS[mark], {}, inner), length: end - i + 1 };
}

function closingMark(text, from, mark) {
  for (let j = from; j < text.length && text[j] !== '\n'; j += 1) {
    if (text[j] === '<' || text[j] === '`') {
      const close = text.indexOf(text[j] === '<' ? '>' : '`', j + 1);
      const line = text.indexOf('\n', j);
      if (close > 0 && (line < 0 || close < line)) j = close;
    } else if (text[j] === mark && j > from && !/\s/.test(text[j - 1]) && !isWord(text[j + 1])) return j;
  }
  return -1;
}

function entityAt(text, i) {
  const end = text.indexOf('>', i);
  const inner = end > i ? text.slice(i + 1, end) : '';
  if (!inner || /[<\n]/.test(inner)) return null;
  const node = entity(inner);
  return node && { node, length: end - i + 1 };
}

function entity(inner) {
  const cut = inner.indexOf('|');
  const target = cut < 0 ? inner : inner.slice(0, cut);
  const label = cut < 0 ? undefined : unescapeText(inner.slice(cut + 1));
  if (/^@[UWB][A-Z0-9]+$/.test(target)) return userMention(target.slice(1), label);
  if (/^#[CGD][A-Z0-9]+$/.test(target)) return channelMention(target.slice(1), label);
  if (target.startsWith('!date^')) {
    const [, seconds, format, link] = target.split('^');
    const shown = formatDate(seconds, format, label);
    return link ? anchor(link, shown) : el('time', {}, shown);
  }
  if (target.startsWith('!subteam^')) return broadcast((label ?? 'group').replace(/^@/, ''));
  if (/^!(channel|here|everyone)$/.test(target)) return broadcast(target.slice(1));
  if (/^(https?:\/\/|mailto:)/i.test(target)) {
    const url = unescapeText(target);
    return anchor(url, label || url.replace(/^mailto:/, ''));
  }
  return null;
}
