/** The panel at the right: one thread and its composer. */

import { Composer } from './composer.js';
import { el, fill } from './dom.js';
import { dropzone } from './dropzone.js';
import { icon } from './icons.js';
import { MessageList } from './list.js';
import { channelName, on, state, tell, threadOf } from './state.js';

export class ThreadPanel {
  constructor(root, channel, ts) {
    this.root = root;
    this.channel = channel;
    this.ts = ts;
    const place = channel.is_im ? channelName(channel) : `#${channelName(channel)}`;
    this.list = new MessageList(channel.id, { inThread: true, label: 'Thread' });
    this.composer = new Composer({ channel: channel.id, threadTs: ts, label: 'Write a reply', placeholder: 'Reply …' });
    const close = el('button', { class: 'btn-quiet', type: 'button', 'aria-label': 'Close thread', title: 'Close (Esc)', on: { click: () => tell('close-thread') } }, icon('close'));
    const area = el('div', { class: 'thread-area' },
      el('header', { class: 'place-head' }, el('h2', {}, 'Thread', el('small', {}, place)), close), this.list.node, this.composer.node);
    dropzone(area, 'Drop files to share them in this thread', (files) => this.composer.tray.addAll(files));
    fill(root, area);
    root.hidden = false;
    this.stop = on('messages', (id) => id === channel.id && this.draw());
    this.onKey = (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open], .menu')) tell('close-thread');
    };
    document.addEventListener('keydown', this.onKey);
    this.draw();
    this.composer.text.focus({ preventScroll: true });
  }

  draw() {
    const messages = threadOf(this.channel.id, this.ts);
    if (!messages.length && state.loaded.has(this.channel.id)) tell('close-thread');
    else this.list.show(messages);
  }

  close() {
    this.stop();
    document.removeEventListener('keydown', this.onKey);
    this.list.close();
    this.root.hidden = true;
    this.root.replaceChildren();
  }
}
