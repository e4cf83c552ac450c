/** A scrolling list of messages kept in step with what is known, touching only what changed. */

import { el } from './dom.js';
import { isEditing } from './editing.js';
import { icon } from './icons.js';
import { messageNode } from './message.js';
import { authorKey, replySummary } from './state.js';
import { dayKey, dayName } from './time.js';

const NEAR_END = 90;
const SAME_BREATH = 300;

export class MessageList {
  /** `channelId` and `inThread` are fixed for the life of the list; `opening` is put before the first message. */
  constructor(channelId, { inThread = false, label, opening = null }) {
    this.channelId = channelId;
    this.inThread = inThread;
    this.rows = new Map();
    this.opening = opening;
    this.inner = el('div', { class: 'list-inner', role: 'feed' });
    this.latest = el('button', { class: 'to-latest', type: 'button', hidden: true, on: { click: () => this.toEnd() } }, icon('down', 15), 'Latest messages');
    this.scroller = el('div', { class: 'list', tabindex: '0', role: 'region', 'aria-label': label }, opening, this.inner);
    this.node = el('div', { class: 'list-box' }, this.scroller, this.latest);
    this.atEnd = true;
    this.scroller.addEventListener('scroll', () => {
      this.atEnd = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR_END;
      if (this.atEnd) this.latest.hidden = true;
    });
    this.watch = new ResizeObserver(() => this.atEnd && this.toEnd());
    this.watch.observe(this.inner);
    this.watch.observe(this.scroller);
  }

  /** Show exactly these messages, in this order. */
  show(messages) {
    const wanted = this.plan(messages);
    const keys = new Set(wanted.map((row) => row.key));
    for (const [key, row] of this.rows) {
      if (!keys.has(key)) {
        row.node.remove();
        this.rows.delete(key);
      }
    }
    let grew = false;
    let at = null;
    for (const row of wanted) {
      const old = this.rows.get(row.key);
      if (!old) grew = this.rows.size > 0;
      const node = old?.signature === row.signature ? old.node : this.renew(old?.node, row.make());
      if (at ? at.nextSibling !== node : this.inner.firstChild !== node) this.inner.insertBefore(node, at ? at.nextSibling : this.inner.firstChild);
      this.rows.set(row.key, { node, signature: row.signature });
      at = node;
    }
    if (this.atEnd) this.toEnd();
    else if (grew) this.latest.hidden = false;
  }

  plan(messages) {
    const rows = [];
    messages.forEach((message, i) => {
      const before = messages[i - 1];
      const newDay = !before || dayKey(before.ts) !== dayKey(message.ts);
      if (newDay && !this.inThread) rows.push({ key: `day ${dayKey(message.ts)}`, signature: dayName(message.ts), make: () => dayLine(message.ts) });
      const parent = this.inThread && i === 0;
      const replies = this.inThread ? null : replySummary(this.channelId, message);
      const follows = !newDay && !(this.inThread && i === 1) && continues(before, message);
      rows.push({
        key: message.ts,
        signature: JSON.stringify([message, follows, replies, newDay, isEditing(message)]),
        make: () => messageNode(this.channelId, message, { follows, replies, inThread: this.inThread }),
      });
      if (parent) rows.push({ key: 'count', signature: String(messages.length), make: () => countLine(messages.length - 1) });
    });
    return rows;
  }

  renew(old, fresh) {
    if (!old) return fresh;
    keepOpenParts(old, fresh);
    const action = old.contains(document.activeElement) && document.activeElement.dataset?.action;
    keepPictures(old, fresh);
    old.replaceWith(fresh);
    if (action) fresh.querySelector(`[data-action="${CSS.escape(action)}"]`)?.focus({ preventScroll: true });
    return fresh;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.latest.hidden = true;
  }

  /** Bring one message into view and mark it for a moment. */
  reveal(ts) {
    const row = this.rows.get(ts);
    if (!row) return;
    this.atEnd = false;
    row.node.scrollIntoView({ block: 'center' });
    row.node.classList.add('revealed');
    row.node.addEventListener('animationend', () => row.node.classList.remove('revealed'), { once: true });
  }

  close() {
    this.watch.disconnect();
  }
}

function continues(before, message) {
  return Boolean(before) && authorKey(before) === authorKey(message) && before.username === message.username
    && !before.ephemeral && !message.ephemeral && parseFloat(message.ts) - parseFloat(before.ts) < SAME_BREATH;
}

function dayLine(ts) {
  return el('div', { class: 'day-line', role: 'separator', 'aria-label': dayName(ts) }, el('span', {}, dayName(ts)));
}

function countLine(count) {
  if (!count) return el('div', { class: 'count-line empty' });
  return el('div', { class: 'count-line', role: 'separator' }, el('span', {}, `${count} ${count === 1 ? 'reply' : 'replies'}`));
}

/** Pictures that are already loaded move over, so that they do not flicker. */
function keepPictures(old, fresh) {
  const loaded = new Map([...old.querySelectorAll('img')].map((img) => [img.src, img]));
  for (const img of fresh.querySelectorAll('img')) {
    const same = loaded.get(img.src);
    loaded.delete(img.src);
    if (same?.complete && same.className === img.className) img.replaceWith(same);
  }
}

function keepOpenParts(old, fresh) {
  const before = new Map([...old.querySelectorAll('details[data-key]')].map((d) => [d.dataset.key, d.open]));
  for (const details of fresh.querySelectorAll('details[data-key]')) {
    if (before.has(details.dataset.key)) details.open = before.get(details.dataset.key);
  }
  const unfolded = [...old.querySelectorAll('.pre-box:not(.folded) > .fold')].length > 0;
  if (unfolded) fresh.querySelectorAll('.pre-box.folded > .fold').forEach((b) => b.click());
}
