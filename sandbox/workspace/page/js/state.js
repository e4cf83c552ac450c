/** What the page knows: people, channels, messages, the place in view; and who wants to hear of changes. */

const listeners = new Map();

export const state = {
  me: null,
  team: { id: '', name: 'Local workspace' },
  users: new Map(),
  channels: new Map(),
  commands: [],
  shortcuts: [],
  samples: [],
  messages: new Map(),
  loaded: new Set(),
  place: { kind: 'none' },
  thread: null,
  home: null,
  bot: null,
  online: false,
};

/** Call `fn` whenever `topic` changes; returns the way to stop it. */
export function on(topic, fn) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(fn);
  return () => listeners.get(topic).delete(fn);
}

/** Tell everyone who listens to `topic`. */
export function tell(topic, detail) {
  for (const fn of listeners.get(topic) ?? []) fn(detail);
}

/** Take over the answer of /web/state. */
export function takeState(data, asked) {
  state.me = data.me ?? asked;
  state.team = data.team ?? state.team;
  state.users = new Map((data.users ?? []).map((u) => [u.id, u]));
  state.channels = new Map((data.channels ?? []).map((c) => [c.id, c]));
  state.commands = data.commands ?? [];
  state.shortcuts = data.shortcuts ?? [];
  state.samples = data.samples ?? [];
  state.home = data.home ?? state.home;
  state.bot = data.app?.bot_user_id ?? null;
  state.hasHome = data.app?.has_home ?? false;
  if (!state.users.has(state.me)) state.me = people().find((u) => matches(u, asked))?.id ?? people()[0]?.id ?? state.me;
  tell('state');
}

function matches(user, word) {
  return user.id === word || user.name === word;
}

/** Forget what belonged to the person who was here before. */
export function forget() {
  recent.length = 0;
  state.messages.clear();
  state.loaded.clear();
  state.home = null;
  state.thread = null;
}

/** Everyone who is not a bot. */
export function people() {
  return [...state.users.values()].filter((u) => !u.is_bot);
}

/** The bot with an App Home, if the workspace has one. */
export function botUser() {
  return state.users.get(state.bot) ?? [...state.users.values()].find((u) => u.is_bot);
}

export const userName = (id) => state.users.get(id)?.name ?? id ?? 'someone';

/** Name of a channel as a person reads it; a direct message is named after the other person. */
export function channelName(channel) {
  if (!channel) return 'unknown channel';
  return channel.is_im ? userName(otherUser(channel)) : channel.name;
}

/** The other person of a direct message. */
export function otherUser(channel) {
  if (channel.user) return channel.user;
  const named = [...state.users.values()].find((u) => matches(u, channel.name));
  return named?.id ?? channel.name;
}

/** The topic of a channel as text. */
export const topicOf = (channel) => channel.topic?.value ?? channel.topic ?? '';

/** Messages of a channel, oldest first. */
export function messagesOf(channelId) {
  const all = state.messages.get(channelId);
  return all ? [...all.values()].sort((a, b) => compareTs(a.ts, b.ts)) : [];
}

/** Compare two message timestamps without losing digits. */
export function compareTs(a, b) {
  const [left, right] = [String(a).split('.'), String(b).split('.')];
  return Number(left[0]) - Number(right[0]) || Number(left[1] ?? 0) - Number(right[1] ?? 0);
}

const recent = [];
const MOST_RECENT = 500;
let pushed = 0;

/** A mark to give to `takeMessages`: what is pushed after it is newer than the answer to a request made now. */
export const pushMark = () => pushed;

/** Replace all messages of a channel by what the server held at `mark`, and what was pushed since then. */
export function takeMessages(channelId, list, mark) {
  const fresh = new Map(list.map((m) => [m.ts, m]));
  for (const { number, channel, message, gone } of recent) {
    if (channel !== channelId || number <= mark) continue;
    if (gone) fresh.delete(message.ts);
    else fresh.set(message.ts, message);
  }
  state.messages.set(channelId, fresh);
  state.loaded.add(channelId);
  tell('messages', channelId);
}

/** One message arrived, changed or went. */
export function takeMessage(channelId, message, gone = false) {
  if (!state.messages.has(channelId)) state.messages.set(channelId, new Map());
  pushed += 1;
  recent.push({ number: pushed, channel: channelId, message: { ...message }, gone });
  if (recent.length > MOST_RECENT) recent.shift();
  const all = state.messages.get(channelId);
  const isNew = !all.has(message.ts);
  if (gone) all.delete(message.ts);
  else all.set(message.ts, { ...message });
  tell('messages', channelId);
  if (isNew && !gone) tell('arrival', { channelId, message });
}

export const isReply = (m) => Boolean(m.thread_ts) && m.thread_ts !== m.ts;

/** What stands in the channel itself: no replies, but replies that were also sent to the channel. */
export function topLevel(channelId) {
  return messagesOf(channelId).filter((m) => !isReply(m) || m.subtype === 'thread_broadcast');
}

/** A thread: the parent (if known) and its replies. */
export function threadOf(channelId, ts) {
  return messagesOf(channelId).filter((m) => m.ts === ts || m.thread_ts === ts);
}

/** Replies under a message, from what is known here or from the server's own count. */
export function replySummary(channelId, message) {
  const replies = messagesOf(channelId).filter((m) => m.thread_ts === message.ts && m.ts !== message.ts);
  const authors = [...new Set(replies.map(authorKey))];
  return { count: Math.max(replies.length, message.reply_count ?? 0), authors, latest: replies.at(-1)?.ts ?? message.latest_reply };
}

/** The user id a message is shown under. */
export function authorKey(message) {
  if (message.user && state.users.has(message.user)) return message.user;
  return message.bot_id ? botUser()?.id ?? message.user : message.user;
}
