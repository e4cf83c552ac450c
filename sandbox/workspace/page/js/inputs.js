/** Input elements of forms: drawing them, reading them, carrying their values over an update. */

import { choice, optionNodes, pickedOptions } from './elements.js';
import { el, freshId } from './dom.js';
import { FileInput } from './fileinput.js';
import { optionsFor } from './options.js';
import { plain } from './text.js';

const MAKERS = {
  plain_text_input: textInput, email_text_input: textInput, url_text_input: textInput, number_input: textInput,
  file_input: (element, before, ids) => new FileInput(element, before, ids),
  static_select: selectInput, users_select: selectInput, conversations_select: selectInput, channels_select: selectInput,
  checkboxes: choiceInput, radio_buttons: choiceInput,
  datepicker: (element, before, ids) => moment('date', 'selected_date', element, before, ids),
  timepicker: (element, before, ids) => moment('time', 'selected_time', element, before, ids),
};

/**
 * An input for `element`: `{node, read(), isGroup, changed}`; `read` gives its entry in view.state.values.
 * `before` is the entry it had before the view was redrawn; `ids` are the ids for label, hint and error.
 */
export function inputFor(element, before, ids) {
  const make = MAKERS[element.type];
  return make ? make(element, before, ids) : null;
}

function textInput(element, before, ids) {
  const types = { email_text_input: 'email', url_text_input: 'url', number_input: 'number' };
  const many = element.multiline === true;
  const field = el(many ? 'textarea' : 'input', {
    id: ids.field, class: 'text-field', type: many ? null : types[element.type] ?? 'text', rows: many ? '5' : null,
    placeholder: plain(element.placeholder), maxlength: element.max_length, 'aria-describedby': ids.about,
    min: element.min_value, max: element.max_value, step: element.type === 'number_input' ? (element.is_decimal_allowed ? 'any' : '1') : null,
  });
  field.value = before ? before.value ?? '' : element.initial_value ?? '';
  const counter = element.max_length ? el('span', { class: 'counter' }) : null;
  const recount = () => {
    if (counter) counter.textContent = `${field.value.length.toLocaleString('en')} / ${element.max_length.toLocaleString('en')}`;
    counter?.classList.toggle('near', field.value.length > element.max_length * 0.9);
    if (many) {
      field.style.height = 'auto';
      field.style.height = `${Math.min(Math.max(field.scrollHeight + 2, 112), 320)}px`;
    }
  };
  field.addEventListener('input', recount);
  queueMicrotask(recount);
  return {
    node: el('div', { class: 'text-wrap' }, field, counter),
    read: () => ({ type: element.type, value: field.value === '' ? null : field.value }),
    empty: () => field.value.trim() === '',
    write(text) {
      field.value = text;
      recount();
    },
    events: ['change'],
  };
}

function selectInput(element, before, ids) {
  const { list, initial, chosen } = optionsFor(element);
  const kept = before && (before.selected_option?.value ?? before.selected_user ?? before.selected_channel ?? before.selected_conversation ?? '');
  const value = kept ?? initial;
  const node = el('select', { class: 'select', id: ids.field, 'aria-describedby': ids.about },
    el('option', { value: '', selected: value === undefined || value === '' }, plain(element.placeholder) || 'Choose …'), optionNodes(list, value));
  return { node, read: () => ({ type: element.type, ...chosen(node.value) }), empty: () => node.value === '', events: ['change'] };
}

function choiceInput(element, before, ids) {
  const many = element.type === 'checkboxes';
  const start = before ? before.selected_options ?? [before.selected_option] : element.initial_options ?? [element.initial_option];
  const ticked = new Set(start.filter(Boolean).map((o) => o.value));
  const name = freshId('choice');
  const node = el('div', { class: 'choices', id: ids.field, role: many ? 'group' : 'radiogroup', 'aria-labelledby': ids.label, 'aria-describedby': ids.about },
    (element.options ?? []).map((option) => choice(option, name, many, ticked.has(option.value))));
  const read = () => {
    const picked = pickedOptions(node, element);
    return { type: element.type, ...(many ? { selected_options: picked } : { selected_option: picked[0] ?? null }) };
  };
  return { node, read, isGroup: true, empty: () => !pickedOptions(node, element).length, events: ['change'] };
}

function moment(type, key, element, before, ids) {
  const node = el('input', { class: 'text-field short', type, id: ids.field, 'aria-describedby': ids.about });
  node.value = (before ? before[key] : element[`initial_${type}`]) ?? '';
  return { node, read: () => ({ type: element.type, [key]: node.value || null }), empty: () => !node.value, events: ['change'] };
}
