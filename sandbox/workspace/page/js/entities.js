/** Mentions, channels, broadcasts and emoji inside text, as inline nodes. */

import { el } from './dom.js';
import { emojiChar } from './emoji.js';
import { channelName, state } from './state.js';

/** An @person. */
export function userMention(id, label) {
  const user = state.users.get(id);
  const mine = id === state.me ? ' mention-me' : '';
  return el('span', { class: `mention${mine}`, data: { user: id } }, `@${user?.name ?? label ?? id}`);
}

/** A #channel that can be opened if the person may see it. */
export function channelMention(id, label) {
  const channel = state.channels.get(id);
  if (!channel) return el('span', { class: 'mention' }, `#${label ?? 'private-channel'}`);
  return el('a', { class: 'mention', href: `#/c/${encodeURIComponent(id)}` }, `#${channelName(channel)}`);
}

/** @channel, @here, @everyone or a group. */
export function broadcast(name) {
  return el('span', { class: 'mention mention-me' }, `@${name}`);
}

/** A named emoji, or its name between colons when it is not in the table. */
export function emoji(name, unicode) {
  const char = emojiChar(name) ?? fromCodes(unicode);
  return char ? el('span', { class: 'emoji', role: 'img', 'aria-label': name.replaceAll('_', ' ') }, char) : `:${name}:`;
}

function fromCodes(unicode) {
  if (typeof unicode !== 'string' || !/^[0-9a-f-]+$/i.test(unicode)) return null;
  const codes = unicode.split('-').map((c) => parseInt(c, 16));
  return codes.every((c) => c <= 0x10ffff) ? String.fromCodePoint(...codes) : null;
}

/** Where a link into this workspace leads: `{channel, ts, thread}`; null for any other address. */
export function permalinkTarget(url) {
  let parsed;
  try {
    parsed = new URL(url, location.href);
  } catch {
    return null;
  }
  const ours = parsed.origin === location.origin || /(^|\.)slack\.com$/.test(parsed.hostname) || parsed.hostname === 'localhost';
  const found = ours && /\/archives\/([A-Z0-9]+)(?:\/p(\d{7,}))?/.exec(parsed.pathname);
  if (!found || !state.channels.has(found[1])) return null;
  const ts = found[2] && `${found[2].slice(0, -6)}.${found[2].slice(-6)}`;
  return { channel: found[1], ts, thread: parsed.searchParams.get('thread_ts') };
}
