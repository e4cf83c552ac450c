/** The beginning of a channel, with a way in for newcomers. */

import { send } from './api.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { fillNextForm, shortTitle } from './samples.js';
import { authorKey, botUser, channelName, state } from './state.js';
import { toastError } from './toast.js';

const STEPS = [
  ['Type /optimize', ' in the message box below, or pick a sample here.'],
  ['Fill in the form', ': your prompt, and a file with examples of right answers.'],
  ['Follow the thread', ': every step is explained, and the result is tested on examples it has not seen.'],
];

export class Welcome {
  constructor(channel, composer) {
    this.channel = channel;
    this.composer = composer;
    this.node = el('div', { class: 'opening' });
    this.state = '';
  }

  /** Draw for what the channel is and holds now. */
  draw(channel, messages) {
    this.channel = channel;
    const bot = botUser();
    const quiet = !messages.some((m) => m.bot_id || authorKey(m) === bot?.id);
    const inside = this.channel.is_member !== false;
    const signature = JSON.stringify([quiet, inside, channel.members, state.samples.length, state.commands.length]);
    if (signature === this.state) return;
    this.state = signature;
    const banner = quiet && inside && state.commands.some((c) => c.command === '/optimize');
    fill(this.node, this.heading(), banner && this.banner(), inside && bot && channel.members?.includes(bot.id) === false && this.invitation(bot));
  }

  heading() {
    const { channel } = this;
    const name = channelName(channel);
    const text = channel.is_im ? `This is the beginning of your conversation with ${name}.`
      : `This is the beginning of the ${channel.is_private ? 'private ' : ''}channel ${name}.`;
    return el('div', { class: 'opening-head' }, el('h3', {}, !channel.is_im && icon(channel.is_private ? 'lock' : 'hash', 26), name), el('p', {}, text));
  }

  banner() {
    return el('section', { class: 'banner', 'aria-label': 'Getting started' },
      el('h4', {}, 'Make a prompt better, in about two minutes'),
      el('ol', { class: 'steps' }, STEPS.map(([title, text]) => el('li', {}, el('b', {}, title), text))),
      state.samples.length > 0 && el('p', { class: 'banner-lead' }, 'No data at hand? Open the form with a sample:'),
      el('div', { class: 'banner-row' },
        state.samples.map((sample) => el('button', { class: 'btn sample-btn', type: 'button', title: sample.title, on: { click: (event) => this.start(event.currentTarget, sample) } }, icon('table', 16), shortTitle(sample))),
        el('button', { class: 'btn btn-primary', type: 'button', on: { click: (event) => this.start(event.currentTarget, null) } }, 'Open /optimize')));
  }

  invitation(bot) {
    const invite = () => send({ channel: this.channel.id, text: `/invite @${bot.name}` }).catch(toastError);
    return el('p', { class: 'invitation' }, `${bot.name} is not in this channel yet.`, el('button', { class: 'btn', type: 'button', on: { click: invite } }, `Invite ${bot.name}`));
  }

  async start(button, sample) {
    fillNextForm(sample);
    button.disabled = true;
    try {
      await send({ channel: this.channel.id, text: '/optimize' });
    } catch (error) {
      fillNextForm(null);
      toastError(error);
    } finally {
      button.disabled = false;
    }
  }
}
