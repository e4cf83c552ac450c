/** The left column: channels, direct messages, App Home, and who you are. */

import { avatar } from './avatar.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { toggleMenu } from './popover.js';
import { botUser, channelName, on, otherUser, people, state, tell, userName } from './state.js';
import { unreadCount } from './unread.js';

/** Draw into `root` and keep it up to date. */
export function mountSidebar(root) {
  const draw = () => fill(root, head(), lists(), foot());
  for (const topic of ['state', 'place', 'unread', 'connection']) on(topic, draw);
  draw();
}

function head() {
  return el('header', { class: 'side-head' },
    el('h1', {}, state.team.name),
    !state.online && state.me && el('span', { class: 'offline', role: 'status' }, 'Reconnecting …'));
}

function lists() {
  const all = [...state.channels.values()];
  const rooms = all.filter((c) => !c.is_im && c.is_member !== false);
  const others = all.filter((c) => !c.is_im && c.is_member === false && !c.is_private);
  const direct = all.filter((c) => c.is_im);
  const bot = botUser();
  return el('div', { class: 'side-lists' },
    bot && state.hasHome && group('Apps', [appLink(bot)]),
    group('Channels', [...rooms, ...others].map((c) => channelLink(c, icon(c.is_private ? 'lock' : 'hash', 16)))),
    direct.length > 0 && group('Direct messages', direct.map((c) => channelLink(c, avatar(otherUser(c), 'tiny')))));
}

function group(title, links) {
  return el('section', { class: 'side-group' }, el('h2', {}, title), el('ul', {}, links.map((link) => el('li', {}, link))));
}

function appLink(bot) {
  const here = state.place.kind === 'home';
  return el('a', { class: `side-link${here ? ' here' : ''}`, href: '#/home', 'aria-current': here ? 'page' : null },
    avatar(bot.id, 'tiny'), el('span', { class: 'side-name' }, `${userName(bot.id)} home`));
}

function channelLink(channel, sign) {
  const here = state.place.kind === 'channel' && state.place.id === channel.id;
  const unread = here ? 0 : unreadCount(channel.id);
  const outside = channel.is_member === false;
  return el('a', { class: `side-link${here ? ' here' : ''}${unread ? ' unread' : ''}${outside ? ' outside' : ''}`, href: `#/c/${encodeURIComponent(channel.id)}`, 'aria-current': here ? 'page' : null },
    sign,
    el('span', { class: 'side-name' }, channelName(channel), channel.is_private && el('span', { class: 'unseen' }, ' (private)')),
    unread > 0 && el('span', { class: 'count', 'aria-label': `${unread} unread` }, String(unread)));
}

function foot() {
  const button = el('button', { class: 'me', type: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false', 'aria-label': `Signed in as ${userName(state.me)}. Switch user` },
    avatar(state.me), el('span', { class: 'me-name' }, userName(state.me), el('small', {}, 'Switch user')), icon('swap', 16));
  button.addEventListener('click', () => toggleMenu(button, people().map((u) => ({
    label: u.name,
    note: u.id === state.me ? 'this is you now' : u.real_name,
    icon: avatar(u.id, 'small'),
    choose: () => u.id !== state.me && tell('switch-user', u.id),
  })), 'Switch user'));
  return el('footer', { class: 'side-foot' }, state.me && button,
    el('p', { class: 'local-note', title: 'This page and its server run here. A real model, if the bot was given one, is sent the prompts and examples by the bot.' }, icon('lock', 13), 'Local workspace: it runs on this machine only'));
}
