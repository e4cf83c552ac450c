/** Reading the messages of channels from the server. */

import { fetchMessages } from './api.js';
import { pushMark, state, takeMessages, tell } from './state.js';

/** Read one channel; what is pushed meanwhile is not lost. */
export async function loadMessages(channelId) {
  const mark = pushMark();
  const person = state.me;
  const { messages } = await fetchMessages(channelId);
  if (state.me === person) takeMessages(channelId, messages ?? [], mark);
}

/** Read all channels of the person, so that unread marks are right. */
export async function loadAll() {
  const mine = [...state.channels.values()].filter((c) => c.is_member !== false);
  await Promise.all(mine.map((c) => loadMessages(c.id)));
  tell('unread');
}
