/** The strip above a form that fills it with one of the workspace's samples. */

import { el } from './dom.js';
import { icon } from './icons.js';
import { accepts, readSample, shortTitle, takeWaiting } from './samples.js';
import { state } from './state.js';
import { toastError } from './toast.js';

const DATA = ['csv', 'tsv', 'jsonl', 'json', 'xlsx'];

/** The strip for a form that takes both a prompt and files; null for any other form. */
export function sampleBar(form) {
  const fields = [...form.inputs.values()];
  const prompt = fields.find((f) => f.element.type === 'plain_text_input' && f.element.multiline && /prompt|instruction/i.test(f.label));
  const data = fields.find((f) => f.element.type === 'file_input' && /example|data/i.test(f.label))
    ?? fields.find((f) => f.element.type === 'file_input' && DATA.some((kind) => f.element.filetypes?.includes(kind)));
  if (!prompt || !data || !state.samples.length) return null;
  const bar = new SampleBar(prompt, data);
  const waiting = takeWaiting();
  if (waiting) bar.apply(waiting);
  return bar.node;
}

class SampleBar {
  constructor(prompt, data) {
    this.prompt = prompt;
    this.data = data;
    this.buttons = new Map(state.samples.map((sample) => [sample.title, el('button', { class: 'sample-pill', type: 'button', 'aria-pressed': 'false', title: sample.title, on: { click: () => this.apply(sample) } }, shortTitle(sample))]));
    this.node = el('div', { class: 'sample-bar', role: 'group', 'aria-label': 'Fill with a sample' }, icon('spark', 16), el('span', {}, 'Fill with a sample'), [...this.buttons.values()]);
  }

  async apply(sample) {
    for (const [title, button] of this.buttons) button.setAttribute('aria-pressed', String(title === sample.title));
    if (sample.prompt) this.prompt.input.write(sample.prompt);
    const files = (sample.files ?? []).filter((f) => accepts(DATA, f.name) && accepts(this.data.element.filetypes, f.name));
    this.data.input.tray.take();
    try {
      for (const file of files.slice(0, this.data.input.most)) await this.data.input.take([await readSample(file)]);
    } catch (error) {
      toastError(error);
    }
  }
}
