/** Round-cornered pictures for people and apps, made from colour and initials. */

import { el } from './dom.js';
import { botMark } from './icons.js';
import { state } from './state.js';

const COLOURS = ['#c2557a', '#3b7dd8', '#2f9e7a', '#b7791f', '#7a5bd0', '#c4562f'];

/** The avatar of a user id; unknown ids get a grey one. */
export function avatar(id, size = '') {
  const user = state.users.get(id);
  const name = user?.real_name || user?.name || '?';
  const colour = /^#?[0-9a-f]{6}$/i.test(user?.color ?? '') ? `#${user.color.replace('#', '')}` : COLOURS[hash(id ?? '') % COLOURS.length];
  return el('span', { class: `avatar ${size}${user?.is_bot ? ' avatar-bot' : ''}`, 'aria-hidden': 'true', style: user?.is_bot ? {} : { background: colour } },
    user?.is_bot ? botMark() : name.slice(0, 1).toUpperCase());
}

function hash(text) {
  return [...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0, 7);
}
