/** Writing a message: text, suggestions, files, sending. */

import { send } from './api.js';
import { el, freshId } from './dom.js';
import { icon } from './icons.js';
import { SuggestBox } from './suggestbox.js';
import { toast, toastError } from './toast.js';
import { UploadTray } from './uploads.js';

const TALLEST = 260;
const drafts = new Map();

export class Composer {
  /** Writes to `channel`, or to the thread `threadTs` in it. */
  constructor({ channel, threadTs = null, label, placeholder }) {
    this.channel = channel;
    this.threadTs = threadTs;
    this.key = `${channel} ${threadTs ?? ''}`;
    this.waiting = false;
    this.tray = new UploadTray(() => this.refresh());
    this.text = el('textarea', { rows: '1', 'aria-label': label, placeholder: placeholder ?? label, 'aria-autocomplete': 'list', spellcheck: 'true' });
    this.text.value = drafts.get(this.key) ?? '';
    this.suggest = new SuggestBox(this.text, { commands: !threadTs, changed: () => this.refresh() });
    this.sendButton = el('button', { class: 'send', type: 'submit', 'aria-label': 'Send message', title: 'Send (Enter)' }, icon('send'));
    this.node = el('form', { class: 'composer' }, this.suggest.node, el('div', { class: 'composer-box' }, this.text, this.tray.node, this.tools()), el('p', { class: 'composer-hint' }, el('b', {}, 'Enter'), ' to send, ', el('b', {}, 'Shift + Enter'), ' for a new line'));
    this.listen();
    this.refresh();
    requestAnimationFrame(() => this.refresh());
  }

  tools() {
    const id = freshId('attach');
    const file = el('input', { type: 'file', id, multiple: true, class: 'unseen', 'aria-label': 'Attach files' });
    file.addEventListener('change', () => {
      this.tray.addAll([...file.files]);
      file.value = '';
    });
    const tool = (label, name, fn) => el('button', { type: 'button', class: 'tool', title: label, 'aria-label': label, on: { click: fn } }, icon(name));
    return el('div', { class: 'composer-tools' },
      file,
      el('label', { class: 'tool', for: id, title: 'Attach files' }, icon('attach')),
      el('span', { class: 'tool-gap' }),
      tool('Bold', 'bold', () => this.wrap('*')), tool('Italic', 'italic', () => this.wrap('_')),
      tool('Code', 'code', () => this.wrap('`')), tool('Code block', 'block', () => this.wrap('```\n', '\n```')),
      el('span', { class: 'tool-gap' }),
      tool('Mention someone', 'at', () => this.insert('@')),
      !this.threadTs && tool('Run a command', 'bolt', () => this.startCommand()),
      this.sendButton);
  }

  listen() {
    this.node.addEventListener('submit', (event) => {
      event.preventDefault();
      this.send();
    });
    this.text.addEventListener('input', () => {
      this.suggest.update();
      this.refresh();
    });
    this.text.addEventListener('keydown', (event) => {
      if (this.suggest.key(event)) return;
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.send();
      }
    });
    this.text.addEventListener('paste', (event) => {
      if (event.clipboardData?.files.length) {
        event.preventDefault();
        this.tray.addAll([...event.clipboardData.files]);
      }
    });
    this.text.addEventListener('blur', () => this.suggest.hide());
  }

  /** Put the caret here, with `text` typed before it. */
  startWith(text) {
    this.text.value = text;
    this.text.focus();
    this.text.setSelectionRange(text.length, text.length);
    this.suggest.update();
    this.refresh();
  }

  startCommand() {
    this.startWith('/');
  }

  insert(piece) {
    const at = this.text.selectionStart;
    const gap = at > 0 && /\S/.test(this.text.value[at - 1]) ? ' ' : '';
    this.text.setRangeText(gap + piece, at, this.text.selectionEnd, 'end');
    this.text.focus();
    this.suggest.update();
    this.refresh();
  }

  wrap(open, close = open) {
    const { selectionStart: from, selectionEnd: to, value } = this.text;
    this.text.setRangeText(open + value.slice(from, to) + close, from, to, 'end');
    if (from === to) this.text.setSelectionRange(from + open.length, from + open.length);
    this.text.focus();
    this.refresh();
  }

  refresh() {
    this.text.style.height = 'auto';
    if (this.text.isConnected) this.text.style.height = `${Math.min(this.text.scrollHeight, TALLEST)}px`;
    drafts.set(this.key, this.text.value);
    const empty = !this.text.value.trim() && !this.tray.items.length;
    this.sendButton.disabled = empty || this.waiting;
    this.sendButton.setAttribute('aria-busy', String(this.waiting));
    if (this.waiting && !this.tray.busy) {
      this.waiting = false;
      this.refresh();
      this.send();
    }
  }

  /** Send what is here; while files are still uploading, as soon as they are stored. */
  async send() {
    if (this.sendButton.disabled) return;
    if (this.tray.busy) {
      this.waiting = true;
      this.refresh();
      return;
    }
    const typed = this.text.value;
    const isCommand = !this.threadTs && /^\/[a-z]/i.test(typed);
    if (isCommand && this.tray.ids.length) {
      toast('Slack cannot send files with a command. Send the command, then choose the files in its form.', 'error');
      return;
    }
    const files = this.tray.take();
    this.text.value = '';
    this.suggest.hide();
    this.refresh();
    try {
      await send({
        channel: this.channel,
        text: typed.trim(),
        ...(this.threadTs ? { thread_ts: this.threadTs } : {}),
        ...(files.length ? { file_ids: files.map((f) => f.id) } : {}),
      });
    } catch (error) {
      if (!this.text.value) this.text.value = typed;
      this.tray.giveBack(files);
      this.refresh();
      toastError(error);
    }
  }
}
