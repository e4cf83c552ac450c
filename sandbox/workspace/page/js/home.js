/** The bot's App Home. */

import { openHome } from './api.js';
import { Origin } from './actions.js';
import { avatar } from './avatar.js';
import { blocksNode } from './blocks.js';
import { el, fill } from './dom.js';
import { botUser, on, state, userName } from './state.js';
import { toastError } from './toast.js';

export class HomeView {
  constructor(root) {
    const bot = botUser();
    this.body = el('div', { class: 'home-body', tabindex: '0', role: 'region', 'aria-label': 'App Home' });
    fill(root, el('div', { class: 'channel home' },
      el('header', { class: 'place-head' }, el('h2', {}, bot && avatar(bot.id, 'small'), bot ? userName(bot.id) : 'Home'), el('p', { class: 'topic' }, 'App Home, only visible to you')), this.body));
    document.title = `Home · ${state.team.name}`;
    this.stop = on('home', () => this.draw());
    this.draw();
    openHome().then((answer) => {
      if (answer.view) state.home = answer.view;
      this.draw();
    }, toastError);
  }

  draw() {
    const view = state.home;
    if (!view?.blocks?.length) {
      fill(this.body, el('div', { class: 'home-empty' }, el('p', {}, 'This app has not published anything here yet.')));
      return;
    }
    fill(this.body, el('div', { class: 'home-page' }, blocksNode(view.blocks, new Origin({ view_id: view.id }))));
  }

  close() {
    this.stop();
  }
}
