/** What the composer offers while a person types: commands after "/", people after "@", channels after "#", emoji after ":". */

import { avatar } from './avatar.js';
import { EMOJI } from './emoji.js';
import { icon } from './icons.js';
import { channelName, state, topicOf } from './state.js';

const MOST = 8;

/** Suggestions for the text before the caret: `{from, title, items: [{insert, label, note, sign}]}` or null. */
export function suggestions(before, { commands }) {
  const slash = /^\/([\w-]*)$/.exec(before);
  if (slash && commands) return wrap(0, 'Commands', commandItems(slash[1].toLowerCase()));
  const found = /(?:^|\s)([@#:])([\w+.-]*)$/.exec(before);
  if (!found) return null;
  const [, sign, word] = found;
  const from = before.length - word.length - 1;
  if (sign === '@') return wrap(from, 'People', userItems(word.toLowerCase()));
  if (sign === '#') return wrap(from, 'Channels', channelItems(word.toLowerCase()));
  return word.length >= 2 ? wrap(from, 'Emoji', emojiItems(word.toLowerCase())) : null;
}

function wrap(from, title, items) {
  return items.length ? { from, title, items: items.slice(0, MOST) } : null;
}

function commandItems(word) {
  return state.commands.filter((c) => c.command.slice(1).startsWith(word)).map((c) => ({
    insert: `${c.command} `, label: c.command, hint: c.usage_hint, note: c.description, sign: () => icon('bolt'),
  }));
}

function userItems(word) {
  return [...state.users.values()].filter((u) => u.name.toLowerCase().startsWith(word)).map((u) => ({
    insert: `@${u.name} `, label: u.name, note: u.is_bot ? 'App' : u.real_name, sign: () => avatar(u.id, 'tiny'),
  }));
}

function channelItems(word) {
  return [...state.channels.values()].filter((c) => !c.is_im && c.name.startsWith(word)).map((c) => ({
    insert: `#${channelName(c)} `, label: c.name, note: topicOf(c), sign: () => icon(c.is_private ? 'lock' : 'hash'),
  }));
}

function emojiItems(word) {
  return [...EMOJI].filter(([name]) => name.includes(word)).sort(([a], [b]) => a.indexOf(word) - b.indexOf(word))
    .map(([name, char]) => ({ insert: `${char} `, label: `:${name}:`, sign: () => char }));
}
