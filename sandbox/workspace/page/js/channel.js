/** The middle of the page: one channel or direct message. */

import { joinChannel } from './api.js';
import { avatar } from './avatar.js';
import { Composer } from './composer.js';
import { el, fill } from './dom.js';
import { dropzone } from './dropzone.js';
import { icon } from './icons.js';
import { loadMessages } from './loading.js';
import { MessageList } from './list.js';
import { channelName, on, otherUser, state, topicOf, topLevel } from './state.js';
import { toastError } from './toast.js';
import { markRead } from './unread.js';
import { Welcome } from './welcome.js';

export class ChannelView {
  constructor(root, channel) {
    this.channel = channel;
    const name = channelName(channel);
    const shown = channel.is_im ? name : `#${name}`;
    this.composer = new Composer({ channel: channel.id, label: `Message ${shown}`, placeholder: `Message ${shown}, or type / for commands` });
    this.welcome = new Welcome(channel, this.composer);
    this.list = new MessageList(channel.id, { label: `Messages in ${shown}`, opening: this.welcome.node });
    const area = el('div', { class: 'channel' }, this.header(), this.list.node, this.join = this.joinBar(), this.composer.node);
    dropzone(area, `Drop files to share them in ${shown}`, (files) => this.composer.tray.addAll(files));
    fill(root, area);
    document.title = `${shown} · ${state.team.name}`;
    this.stops = [on('messages', (id) => id === channel.id && this.draw()), on('state', () => this.refresh())];
    document.addEventListener('visibilitychange', this.seen = () => this.read());
    this.draw();
    this.load();
    if (!document.querySelector('dialog[open]')) this.composer.text.focus({ preventScroll: true });
  }

  header() {
    const { channel } = this;
    const sign = channel.is_im ? avatar(otherUser(channel), 'small') : icon(channel.is_private ? 'lock' : 'hash', 19);
    return el('header', { class: 'place-head' }, el('h2', {}, sign, channelName(channel)), topicOf(channel) && el('p', { class: 'topic' }, topicOf(channel)));
  }

  joinBar() {
    const join = () => joinChannel(this.channel.id).catch(toastError);
    return el('div', { class: 'join-bar', hidden: true }, 'You are reading this channel without being a member.', el('button', { class: 'btn btn-primary', type: 'button', on: { click: join } }, 'Join channel'));
  }

  async load() {
    try {
      await loadMessages(this.channel.id);
    } catch (error) {
      toastError(error);
    }
  }

  refresh() {
    this.channel = state.channels.get(this.channel.id) ?? this.channel;
    this.draw();
  }

  draw() {
    const messages = topLevel(this.channel.id);
    this.list.show(messages);
    this.welcome.draw(this.channel, messages);
    this.composer.node.hidden = this.channel.is_member === false;
    this.join.hidden = this.channel.is_member !== false;
    this.read();
  }

  read() {
    if (!document.hidden) markRead(this.channel.id);
  }

  close() {
    this.stops.forEach((stop) => stop());
    document.removeEventListener('visibilitychange', this.seen);
    this.list.close();
  }
}
