/** One modal view as a form: blocks and inputs, values, errors. */

import { Origin } from './actions.js';
import { blockNode } from './blocks.js';
import { el, freshId } from './dom.js';
import { inputFor } from './inputs.js';
import { icon } from './icons.js';
import { plain } from './text.js';

const LABEL_FOR = new Set(['plain_text_input', 'email_text_input', 'url_text_input', 'number_input', 'file_input', 'static_select', 'users_select', 'conversations_select', 'channels_select', 'datepicker', 'timepicker']);

export class Form {
  /** Draw `view`; `kept` are values of an earlier drawing of the same view. */
  constructor(view, kept = new Map()) {
    this.view = view;
    this.inputs = new Map();
    this.origin = new Origin({ view_id: view.id }, this);
    this.chosen = new Map();
    this.node = el('div', { class: 'form' }, (view.blocks ?? []).map((block) => (block.type === 'input' ? this.input(block, kept) : this.withState(block))));
  }

  withState(block) {
    return blockNode(block, this.origin);
  }

  input(block, kept) {
    const element = block.element ?? {};
    const ids = { field: freshId('field'), label: freshId('label'), about: freshId('about') };
    const key = `${block.block_id} ${element.action_id}`;
    const input = inputFor(element, kept.get(key), ids);
    if (!input) return el('div', { class: 'unknown-block' }, `This page does not draw “${element.type}” inputs.`);
    const error = el('p', { class: 'field-error', role: 'alert', hidden: true });
    const text = [plain(block.label), block.optional && el('span', { class: 'optional' }, ' (optional)')];
    const label = LABEL_FOR.has(element.type) ? el('label', { id: ids.label, for: ids.field, class: 'field-label' }, text) : el('div', { id: ids.label, class: 'field-label' }, text);
    const node = el('div', { class: 'block input', data: { block: block.block_id ?? '' } }, label, input.node,
      el('div', { id: ids.about }, error, block.hint && el('p', { class: 'hint' }, plain(block.hint))));
    this.inputs.set(key, { block, element, input, node, error, label: plain(block.label) });
    for (const type of input.events) input.node.addEventListener(type, () => this.edited(key));
    input.node.addEventListener('input', () => this.showError(block.block_id, null));
    return node;
  }

  edited(key) {
    const { block, element, input } = this.inputs.get(key);
    this.showError(block.block_id, null);
    if (block.dispatch_action) this.origin.act(input.node, block, element, input.read());
  }

  /** view.state.values as the app gets them. */
  values() {
    const all = {};
    for (const { blockId, actionId, entry } of this.chosen.values()) (all[blockId] ??= {})[actionId] = entry;
    for (const { block, element, input } of this.inputs.values()) (all[block.block_id] ??= {})[element.action_id] = input.read();
    return all;
  }

  /** Keep a choice made outside of input blocks (a menu in a section, say) as part of the values. */
  remember(block, element, { confirm, ...chosen }) {
    if (!Object.keys(chosen).some((name) => name.startsWith('selected_'))) return;
    const entry = { type: element.type, ...chosen };
    this.chosen.set(`${block.block_id} ${element.action_id}`, { blockId: block.block_id, actionId: element.action_id, entry });
  }

  /** What a redraw must keep. */
  keep() {
    return new Map([...this.inputs].map(([key, { input }]) => [key, input.keep?.() ?? input.read()]));
  }

  get busy() {
    return [...this.inputs.values()].some(({ input }) => input.busy);
  }

  /** Mark required fields that are empty; true when there are none. */
  check() {
    let good = true;
    for (const { block, input } of this.inputs.values()) {
      const missing = !block.optional && input.empty();
      this.showError(block.block_id, missing ? 'Please complete this required field.' : null);
      good &&= !missing;
    }
    if (!good) this.toFirstError();
    return good;
  }

  /** Show the app's errors (block_id to text). */
  showErrors(errors) {
    for (const { block } of this.inputs.values()) this.showError(block.block_id, errors[block.block_id] ?? null);
    this.toFirstError();
  }

  showError(blockId, text) {
    for (const { block, node, error } of this.inputs.values()) {
      if (block.block_id !== blockId) continue;
      error.hidden = !text;
      error.replaceChildren(...(text ? [icon('cross', 14), text] : []));
      node.classList.toggle('has-error', Boolean(text));
      node.querySelector('.text-field, .select, input')?.setAttribute('aria-invalid', String(Boolean(text)));
    }
  }

  toFirstError() {
    const bad = this.node.querySelector('.has-error');
    bad?.scrollIntoView({ block: 'center' });
    bad?.querySelector('input, textarea, select')?.focus({ preventScroll: true });
  }
}
