/** Files that wait to be sent: uploading at once, shown as chips, removable. */

import { upload } from './api.js';
import { el } from './dom.js';
import { sizeText } from './files.js';
import { icon } from './icons.js';
import { toastError } from './toast.js';

export class UploadTray {
  /** `changed` is called whenever a file comes, is ready or goes. `most` is how many may wait at once. */
  constructor(changed, most = Infinity) {
    this.changed = changed;
    this.most = most;
    this.items = [];
    this.node = el('ul', { class: 'tray', 'aria-label': 'Attached files', hidden: true });
  }

  get busy() {
    return this.items.some((item) => !item.stored);
  }

  get ids() {
    return this.items.filter((item) => item.stored).map((item) => item.stored.id);
  }

  get room() {
    return this.most - this.items.length;
  }

  /** Take over files (up to the room there is) and upload them; resolves when all are stored. */
  async addAll(files) {
    await Promise.all(files.slice(0, Math.max(0, this.room)).map((file) => this.add(file)));
  }

  async add(file) {
    const item = { name: file.name, size: file.size, stored: null };
    this.items.push(item);
    this.draw();
    try {
      item.stored = await upload(file);
    } catch (error) {
      this.items = this.items.filter((other) => other !== item);
      toastError(error);
    }
    this.draw();
  }

  /** Empty the tray; what was in it. */
  take() {
    const stored = this.items.map((item) => item.stored).filter(Boolean);
    this.items = [];
    this.draw();
    return stored;
  }

  /** Put stored files back after a failed sending. */
  giveBack(files) {
    this.items.push(...files.map((stored) => ({ name: stored.name, size: stored.size, stored })));
    this.draw();
  }

  draw() {
    this.node.hidden = !this.items.length;
    this.node.replaceChildren(...this.items.map((item) => el('li', { class: `chip${item.stored ? '' : ' chip-busy'}` },
      icon('file', 16), el('span', { class: 'chip-name' }, item.name), el('small', {}, item.stored ? sizeText(item.size) : 'uploading …'),
      el('button', { type: 'button', 'aria-label': `Remove ${item.name}`, on: {
        click: () => {
          this.items = this.items.filter((other) => other !== item);
          this.draw();
        },
      } }, icon('close', 14)))));
    this.changed();
  }
}
