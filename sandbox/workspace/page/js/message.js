/** One message: author, time, text or blocks, files, reactions and the link to its thread. */

import { deleteMessage, react, runShortcut } from './api.js';
import { Origin } from './actions.js';
import { avatar } from './avatar.js';
import { blocksNode } from './blocks.js';
import { copyText, el } from './dom.js';
import { editor, isEditing, startEditing } from './editing.js';
import { emoji } from './entities.js';
import { filesNode } from './files.js';
import { icon } from './icons.js';
import { mrkdwn, unescapeText } from './mrkdwn.js';
import { confirmed, toggleMenu } from './popover.js';
import { authorKey, state, tell, userName } from './state.js';
import { ago, clock, fullTime } from './time.js';
import { toast, toastError } from './toast.js';

/** The article of a message. `follows`: same author just before; `replies`: summary for the thread link. */
export function messageNode(channelId, message, { follows = false, replies = null, inThread = false } = {}) {
  if (isEditing(message)) return editor(channelId, message);
  const author = authorKey(message);
  const name = message.username ?? userName(author);
  const isApp = Boolean(message.bot_id) || state.users.get(author)?.is_bot;
  const time = el('time', { class: 'stamp', title: fullTime(message.ts) }, clock(message.ts));
  return el('article', { class: `message${follows ? ' follows' : ''}${message.ephemeral ? ' ephemeral' : ''}`, data: { ts: message.ts }, 'aria-label': `${name}, ${clock(message.ts)}` },
    el('div', { class: 'gutter' }, follows ? time : avatar(author)),
    el('div', { class: 'message-main' },
      message.ephemeral && el('p', { class: 'only-you' }, icon('eye', 14), 'Only visible to you'),
      !follows && el('header', { class: 'byline' }, el('span', { class: 'author' }, name), isApp && el('span', { class: 'app-badge' }, 'App'), time),
      body(channelId, message),
      reactions(channelId, message),
      replies?.count > 0 && threadLink(channelId, message, replies)),
    message.subtype !== 'tombstone' && toolbar(channelId, message, inThread));
}

function body(channelId, message) {
  const origin = new Origin({ channel: channelId, ts: message.ts, ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}), ...(message.ephemeral ? { ephemeral: true } : {}) });
  const parts = [];
  const typed = !message.bot_id && message.text && message.blocks?.every((b) => b.type === 'rich_text');
  if (message.blocks?.length && !typed) parts.push(blocksNode(message.blocks, origin));
  else if (message.text) parts.push(mrkdwn(message.text));
  if (message.edited) (parts.at(-1)?.querySelector(':scope > p:last-child, :scope > :last-child > p:last-child') ?? parts.at(-1))?.append(' ', el('span', { class: 'edited' }, '(edited)'));
  for (const piece of message.attachments ?? []) parts.push(legacyAttachment(piece, origin));
  if (message.files?.length) parts.push(filesNode(message.files));
  return el('div', { class: 'message-body' }, parts);
}

function legacyAttachment(piece, origin) {
  const colour = /^#?[0-9a-f]{6}$/i.test(piece.color ?? '') ? `#${piece.color.replace('#', '')}` : null;
  return el('div', { class: 'attachment', style: colour ? { 'border-left-color': colour } : {} },
    piece.title && el('strong', {}, piece.title),
    piece.blocks ? blocksNode(piece.blocks, origin) : mrkdwn(piece.text ?? piece.fallback ?? ''));
}

function reactions(channelId, message) {
  if (!message.reactions?.length) return null;
  return el('div', { class: 'reactions' }, message.reactions.map((reaction) => {
    const mine = reaction.users?.includes(state.me) ?? false;
    const who = (reaction.users ?? []).map(userName).join(', ');
    return el('button', { class: 'reaction', type: 'button', 'aria-pressed': String(mine), title: `${who} reacted with :${reaction.name}:`, 'aria-label': `${reaction.name}, ${reaction.count ?? reaction.users?.length}`, on: {
      click: () => react({ channel: channelId, ts: message.ts, name: reaction.name }).catch(toastError),
    } }, emoji(reaction.name), el('span', {}, String(reaction.count ?? reaction.users?.length ?? 1)));
  }));
}

function threadLink(channelId, message, replies) {
  const count = `${replies.count} ${replies.count === 1 ? 'reply' : 'replies'}`;
  return el('button', { class: 'thread-link', type: 'button', on: { click: () => openThread(channelId, message) } },
    el('span', { class: 'thread-faces' }, replies.authors.slice(0, 3).map((id) => avatar(id, 'tiny'))),
    el('span', { class: 'thread-count' }, count),
    replies.latest && el('span', { class: 'thread-ago' }, `Last reply ${ago(replies.latest)}`));
}

function openThread(channelId, message) {
  tell('open-thread', { channel: channelId, ts: message.thread_ts ?? message.ts });
}

const QUICK = ['eyes', 'white_check_mark', '+1', '-1', 'x'];

function toolbar(channelId, message, inThread) {
  const tool = (label, name, fn, extra = {}) => el('button', { type: 'button', class: 'tool', title: label, 'aria-label': label, ...extra, on: { click: fn } }, icon(name, 17));
  const reactMenu = tool('Add reaction', 'smile', () => toggleMenu(reactMenu, QUICK.map((name) => ({
    label: name.replaceAll('_', ' '), icon: emoji(name),
    choose: () => react({ channel: channelId, ts: message.ts, name }).catch(toastError),
  })), 'Reactions'), { 'aria-haspopup': 'menu', 'aria-expanded': 'false' });
  const more = tool('More actions', 'more', () => toggleMenu(more, moreItems(channelId, message), 'Message actions'), { 'aria-haspopup': 'menu', 'aria-expanded': 'false' });
  return el('div', { class: 'toolbar', role: 'toolbar', 'aria-label': 'Message actions' },
    !message.ephemeral && reactMenu,
    !message.ephemeral && !inThread && tool('Reply in thread', 'reply', () => openThread(channelId, message)),
    more);
}

function moreItems(channelId, message) {
  const target = { channel: channelId, ts: message.ts };
  const shortcuts = message.ephemeral ? [] : state.shortcuts.filter((s) => s.type === 'message');
  const own = message.user === state.me && !message.bot_id;
  const remove = () => deleteMessage(target).catch(toastError);
  return [
    { label: 'Copy text', icon: icon('copy'), choose: () => copyText(unescapeText(message.text ?? ''), () => toast('Copied')) },
    ...(own ? [{ label: 'Edit message', icon: icon('pencil'), choose: () => startEditing(target) }] : []),
    ...(own ? [{ label: 'Delete message', icon: icon('trash'), danger: true, choose: async () => (await confirmed(DELETING)) && remove() }] : []),
    ...(message.ephemeral ? [{ label: 'Dismiss', icon: icon('close'), choose: remove }] : []),
    ...(shortcuts.length ? [{ heading: 'Shortcuts' }] : []),
    ...shortcuts.map((s) => ({ label: s.name, note: s.description, icon: icon('bolt'), choose: () => runShortcut({ ...target, callback_id: s.callback_id }).catch(toastError) })),
  ];
}

const DELETING = {
  title: { type: 'plain_text', text: 'Delete this message?' },
  text: { type: 'plain_text', text: 'This cannot be undone.' },
  confirm: { type: 'plain_text', text: 'Delete' },
  style: 'danger',
};
