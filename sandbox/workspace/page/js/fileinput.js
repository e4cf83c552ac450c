/** The file_input element: choose, drop, or take a sample file. */

import { el } from './dom.js';
import { icon } from './icons.js';
import { toggleMenu } from './popover.js';
import { accepts, readSample, sampleFiles } from './samples.js';
import { toast, toastError } from './toast.js';
import { UploadTray } from './uploads.js';

const LARGEST = 10 * 1024 * 1024;

export class FileInput {
  events = ['files'];

  constructor(element, before, ids) {
    this.element = element;
    this.most = element.max_files ?? 10;
    this.node = el('div', { class: 'file-input' });
    this.tray = new UploadTray(() => this.changed(), this.most);
    this.field = el('input', { type: 'file', id: ids.field, class: 'unseen', multiple: this.most > 1, accept: element.filetypes?.map((t) => `.${t}`).join(','), 'aria-describedby': ids.about });
    this.field.addEventListener('change', () => {
      this.take([...this.field.files]);
      this.field.value = '';
    });
    this.choose = el('label', { class: 'btn', for: ids.field }, icon('attach', 15), this.most > 1 ? 'Choose files' : 'Choose file');
    this.sample = this.sampleButton();
    this.node.append(this.field, el('div', { class: 'file-row' }, this.choose, ...(this.sample ? [this.sample] : []), el('span', { class: 'file-hint' }, this.hint())), this.tray.node);
    this.listenForDrops();
    if (before?.stored) this.tray.giveBack(before.stored);
    this.changed();
  }

  hint() {
    const kinds = this.element.filetypes?.length ? this.element.filetypes.join(', ') : 'any file';
    return `or drop ${this.most === 1 ? 'it' : 'them'} here · ${kinds}`;
  }

  sampleButton() {
    if (!sampleFiles(this.element.filetypes).length) return null;
    const button = el('button', { class: 'btn btn-sample', type: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false' }, icon('spark', 15), 'Use a sample file');
    button.addEventListener('click', () => toggleMenu(button, this.sampleItems(), 'Sample files'));
    return button;
  }

  sampleItems() {
    let title = null;
    return sampleFiles(this.element.filetypes).flatMap(({ sample, file }) => {
      const heading = sample.title === title ? [] : [{ heading: sample.title }];
      title = sample.title;
      return [...heading, { label: file.name, icon: icon('table'), choose: () => this.takeSample(file) }];
    });
  }

  /** Put a sample file in. */
  async takeSample(file) {
    try {
      if (this.most === 1) this.tray.take();
      await this.take([await readSample(file)]);
    } catch (error) {
      toastError(error);
    }
  }

  /** Take files that a person chose or dropped, refusing what Slack would refuse. */
  async take(files) {
    const fit = files.filter((file) => this.fits(file));
    if (fit.length > this.tray.room) toast(`This field takes ${this.most} ${this.most === 1 ? 'file' : 'files'} at most.`, 'error');
    await this.tray.addAll(fit);
  }

  fits(file) {
    const why = !accepts(this.element.filetypes, file.name) ? `${file.name}: this field takes ${this.element.filetypes.join(', ')} files.`
      : file.size > LARGEST ? `${file.name} is larger than 10 MB.`
        : file.size === 0 ? `${file.name} is empty.` : null;
    if (why) toast(why, 'error');
    return !why;
  }

  listenForDrops() {
    const mark = (on) => (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.node.classList.toggle('over', on);
    };
    this.node.addEventListener('dragover', mark(true));
    this.node.addEventListener('dragleave', mark(false));
    this.node.addEventListener('drop', (event) => {
      mark(false)(event);
      this.take([...event.dataTransfer.files]);
    });
  }

  changed() {
    this.choose?.classList.toggle('off', this.tray.room <= 0);
    this.node.dispatchEvent(new CustomEvent('files', { bubbles: true }));
  }

  get busy() {
    return this.tray.busy;
  }

  read() {
    return { type: 'file_input', files: this.tray.ids };
  }

  /** What must survive a redraw of the form. */
  keep() {
    return { stored: this.tray.items.map((i) => i.stored).filter(Boolean) };
  }

  empty() {
    return !this.tray.ids.length;
  }
}
