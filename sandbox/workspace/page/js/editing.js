/** Changing a message that one has written. */

import { editMessage } from './api.js';
import { avatar } from './avatar.js';
import { el } from './dom.js';
import { unescapeText } from './mrkdwn.js';
import { state, tell, userName } from './state.js';
import { toastError } from './toast.js';

const open = new Set();

/** Is this message being changed now? */
export const isEditing = (message) => open.has(message.ts);

/** Turn a message into a text field. */
export function startEditing({ channel, ts }) {
  open.add(ts);
  tell('messages', channel);
}

/** The text field in place of the message. */
export function editor(channel, message) {
  const text = el('textarea', { class: 'text-field', rows: '2', 'aria-label': 'Edit message' });
  text.value = typedText(message.text ?? '');
  const done = () => {
    open.delete(message.ts);
    tell('messages', channel);
  };
  const save = async () => {
    try {
      if (text.value.trim()) await editMessage({ channel, ts: message.ts, text: text.value.trim() });
      done();
    } catch (error) {
      toastError(error);
    }
  };
  text.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') done();
    else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  queueMicrotask(() => text.focus());
  const button = (label, style, fn) => el('button', { class: `btn ${style}`, type: 'button', on: { click: fn } }, label);
  return el('article', { class: 'message editing', data: { ts: message.ts }, 'aria-label': 'Editing your message' },
    el('div', { class: 'gutter' }, avatar(message.user)),
    el('div', { class: 'message-main' }, text, el('div', { class: 'edit-row' }, button('Cancel', '', done), button('Save', 'btn-primary', save))));
}

/** Stored text as its writer typed it: mentions by name, links bare. */
function typedText(text) {
  return unescapeText(text
    .replace(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g, (whole, id) => (state.users.has(id) ? `@${userName(id)}` : whole))
    .replace(/<(https?:[^>|]+)(?:\|[^>]*)?>/g, '$1'));
}
