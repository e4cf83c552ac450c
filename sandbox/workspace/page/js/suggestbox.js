/** The list of suggestions above a composer, worked by keyboard or mouse. */

import { el, fill, freshId } from './dom.js';
import { suggestions } from './suggest.js';

export class SuggestBox {
  constructor(text, { commands, changed }) {
    this.text = text;
    this.commands = commands;
    this.changed = changed;
    this.found = null;
    this.at = 0;
    const id = freshId('suggest');
    this.node = el('div', { class: 'suggest', id, role: 'listbox', 'aria-label': 'Suggestions', hidden: true });
    text.setAttribute('aria-controls', id);
  }

  /** Look again at what stands before the caret. */
  update() {
    this.found = suggestions(this.text.value.slice(0, this.text.selectionStart), this);
    this.at = 0;
    this.draw();
  }

  hide() {
    this.found = null;
    this.draw();
  }

  draw() {
    this.node.hidden = !this.found;
    this.text.removeAttribute('aria-activedescendant');
    if (!this.found) return;
    fill(this.node, el('div', { class: 'suggest-title' }, this.found.title), this.found.items.map((item, i) => this.row(item, i)));
    this.text.setAttribute('aria-activedescendant', `${this.node.id}-${this.at}`);
    this.node.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }

  row(item, i) {
    return el('div', { class: 'suggest-item', id: `${this.node.id}-${i}`, role: 'option', 'aria-selected': String(i === this.at), on: {
      pointerdown: (event) => {
        event.preventDefault();
        this.choose(i);
      },
    } }, el('span', { class: 'suggest-sign' }, item.sign()),
    el('span', { class: 'suggest-label' }, item.label, item.hint && el('span', { class: 'suggest-hint' }, ` ${item.hint}`)),
    item.note && el('span', { class: 'suggest-note' }, item.note));
  }

  choose(i) {
    const { from, items } = this.found;
    this.text.setRangeText(items[i].insert, from, this.text.selectionStart, 'end');
    this.hide();
    this.changed();
  }

  /** Handle a key; true when it was used here. */
  key(event) {
    if (!this.found || event.isComposing) return false;
    const count = this.found.items.length;
    if (event.key === 'ArrowDown') this.at = (this.at + 1) % count;
    else if (event.key === 'ArrowUp') this.at = (this.at + count - 1) % count;
    else if (event.key === 'Escape') this.found = null;
    else if (event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey && !this.complete())) {
      event.preventDefault();
      this.choose(this.at);
      return true;
    } else return false;
    event.preventDefault();
    this.draw();
    return true;
  }

  complete() {
    return this.found.items[this.at].insert.trim() === this.text.value.slice(this.found.from).trim();
  }
}
