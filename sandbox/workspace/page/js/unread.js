/** Which channels hold something the person has not seen, kept per person in this browser. */

import { authorKey, compareTs, isReply, messagesOf, on, state, tell } from './state.js';

const key = () => `local-workspace.read.${state.team.id}.${state.me}`;

function marks() {
  try {
    return JSON.parse(localStorage.getItem(key())) ?? {};
  } catch {
    return {};
  }
}

/** Everything in the channel has been seen. */
export function markRead(channelId) {
  const newest = messagesOf(channelId).at(-1)?.ts;
  const read = marks();
  if (!newest || (read[channelId] && compareTs(newest, read[channelId]) <= 0)) return;
  read[channelId] = newest;
  localStorage.setItem(key(), JSON.stringify(read));
  tell('unread');
}

/** Replies stay in their thread unless they name this person. */
const concernsMe = (m) => !isReply(m) || Boolean(m.text?.includes(`<@${state.me}>`));

/** How many messages of others are unseen in a channel. */
export function unreadCount(channelId) {
  const since = marks()[channelId];
  return messagesOf(channelId).filter(
    (m) => authorKey(m) !== state.me && concernsMe(m) && (!since || compareTs(m.ts, since) > 0),
  ).length;
}

on('arrival', () => tell('unread'));
