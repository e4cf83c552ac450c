/** Interactive elements of messages, sections and App Home: buttons, menus, choices, feedback. */

import { el, freshId } from './dom.js';
import { icon } from './icons.js';
import { follow } from './actions.js';
import { toggleMenu } from './popover.js';
import { plain } from './text.js';
import { optionsFor } from './options.js';

const MAKERS = {
  button, overflow, feedback_buttons: feedbackButtons, icon_button: iconButton,
  static_select: select, users_select: select, conversations_select: select, channels_select: select,
  checkboxes: choices, radio_buttons: choices, workflow_button: button,
};

/** The node for an interactive element, or null when the page does not draw that kind. */
export function interactive(element, block, origin) {
  const make = MAKERS[element.type];
  return make ? make(element, block, origin) : null;
}

function button(element, block, origin) {
  const style = element.style ? ` btn-${element.style === 'danger' ? 'danger' : 'primary'}` : '';
  const node = el('button', { class: `btn${style}`, type: 'button', 'aria-label': element.accessibility_label, data: { action: element.action_id ?? '' } }, plain(element.text));
  node.addEventListener('click', async () => {
    if (element.url) follow(element.url);
    await origin.act(node, block, element, { value: element.value ?? '' });
  });
  return node;
}

function overflow(element, block, origin) {
  const node = el('button', { class: 'btn btn-icon', type: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false', 'aria-label': 'More options', data: { action: element.action_id ?? '' } }, icon('more'));
  const items = (element.options ?? []).map((option) => ({
    label: plain(option.text),
    note: option.description && plain(option.description),
    choose: () => {
      if (option.url) follow(option.url);
      origin.act(node, block, element, { selected_option: option });
    },
  }));
  node.addEventListener('click', () => toggleMenu(node, items, 'More options'));
  return node;
}

function select(element, block, origin) {
  const { list, initial, chosen } = optionsFor(element);
  const label = plain(element.placeholder) || 'Choose';
  const node = el('select', { class: 'select', 'aria-label': label, data: { action: element.action_id ?? '' } });
  node.append(el('option', { value: '', disabled: true, selected: initial === undefined }, label));
  node.append(...optionNodes(list, initial));
  node.addEventListener('change', () => origin.act(node, block, element, chosen(node.value)));
  return node;
}

/** <option> and <optgroup> nodes. */
export function optionNodes(list, initial) {
  return list.map((item) => (item.group
    ? el('optgroup', { label: item.group }, optionNodes(item.list, initial))
    : el('option', { value: item.value, selected: item.value === initial }, item.label)));
}

function choices(element, block, origin) {
  const many = element.type === 'checkboxes';
  const name = freshId('choice');
  const initial = new Set([...(element.initial_options ?? []), element.initial_option].filter(Boolean).map((o) => o.value));
  const box = el('div', { class: 'choices', role: many ? 'group' : 'radiogroup', data: { action: element.action_id ?? '' } });
  for (const option of element.options ?? []) box.append(choice(option, name, many, initial.has(option.value)));
  box.addEventListener('change', () => {
    const picked = pickedOptions(box, element);
    origin.act(box, block, element, many ? { selected_options: picked } : { selected_option: picked[0] ?? null });
  });
  return box;
}

/** One checkbox or radio button with its description. */
export function choice(option, name, many, checked) {
  const id = freshId('opt');
  return el('div', { class: 'choice' },
    el('input', { type: many ? 'checkbox' : 'radio', id, name, value: option.value, checked }),
    el('label', { for: id }, plain(option.text), option.description && el('span', { class: 'choice-note' }, plain(option.description))));
}

/** The options that are ticked now. */
export function pickedOptions(box, element) {
  const values = new Set([...box.querySelectorAll('input:checked')].map((i) => i.value));
  return (element.options ?? []).filter((o) => values.has(o.value));
}

function feedbackButtons(element, block, origin) {
  const make = (option, name) => {
    const node = el('button', { class: `btn-feedback ${name}`, type: 'button', 'aria-pressed': 'false', title: plain(option.text), 'aria-label': option.accessibility_label ?? plain(option.text) }, icon('up', 17));
    node.addEventListener('click', async () => {
      if (!(await origin.act(node, block, element, { value: option.value ?? '' }))) return;
      for (const other of node.parentElement.children) other.setAttribute('aria-pressed', String(other === node));
    });
    return node;
  };
  return el('span', { class: 'feedback', role: 'group', 'aria-label': 'Was this helpful?' },
    element.positive_button && make(element.positive_button, 'good'),
    element.negative_button && make(element.negative_button, 'bad'));
}

function iconButton(element, block, origin) {
  const label = element.accessibility_label ?? plain(element.text);
  const node = el('button', { class: 'btn btn-icon', type: 'button', title: plain(element.text), 'aria-label': label }, icon(element.icon === 'trash' ? 'trash' : 'spark'));
  node.addEventListener('click', () => origin.act(node, block, element, { value: element.value ?? '' }));
  return node;
}
