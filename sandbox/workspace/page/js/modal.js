/** Slack views in a dialog: a stack of forms with submit, close, errors, update and push. */

import { closeView, submitView } from './api.js';
import { el, fill } from './dom.js';
import { Form } from './form.js';
import { icon } from './icons.js';
import { on } from './state.js';
import { fillNextForm } from './samples.js';
import { sampleBar } from './samplebar.js';
import { plain } from './text.js';
import { toastError } from './toast.js';

class Modal {
  constructor(root) {
    this.stack = [];
    this.dialog = el('dialog', { class: 'dialog modal', 'aria-labelledby': 'modal-title' });
    root.append(this.dialog);
    this.dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      if (!document.querySelector('.menu')) this.leave();
    });
    on('view', (event) => this.receive(event));
    on('views', (views) => views.forEach((view) => this.push(view)));
    on('switch-user', () => this.clear());
  }

  receive({ type, view, view_id: viewId }) {
    if (type === 'view_close') this.drop(viewId);
    else if (type === 'view_update') this.update(view);
    else if (type === 'view_push') this.push(view);
    else {
      this.stack = [];
      this.push(view);
    }
  }

  /** Where the caret and the scroll position are, to come back to after a redraw. */
  whereabouts() {
    const body = this.dialog.querySelector('.dialog-body');
    const block = document.activeElement?.closest?.('[data-block]')?.dataset.block;
    return { top: body?.scrollTop ?? 0, block, at: document.activeElement?.selectionStart };
  }

  goBackTo({ top, block, at }) {
    this.dialog.querySelector('.dialog-body').scrollTop = top;
    const field = block && this.dialog.querySelector(`[data-block="${CSS.escape(block)}"] :is(input, textarea, select)`);
    field?.focus({ preventScroll: true });
    if (field && typeof at === 'number') field.setSelectionRange(at, at);
  }

  push(view) {
    if (this.stack.some((entry) => entry.view.id === view.id)) {
      this.update(view);
      return;
    }
    const form = new Form(view);
    this.stack.push({ view, form, samples: sampleBar(form) });
    this.draw();
    this.focusFirst();
  }

  update(view) {
    const entry = this.stack.find((e) => e.view.id === view.id);
    if (!entry) return;
    const kept = entry.form.keep();
    entry.view = view;
    entry.form = new Form(view, kept);
    entry.samples = sampleBar(entry.form);
    if (entry !== this.top) return;
    const where = this.whereabouts();
    this.draw();
    this.goBackTo(where);
  }

  drop(viewId) {
    this.stack = this.stack.filter((entry) => entry.view.id !== viewId);
    this.draw();
  }

  clear() {
    this.stack = [];
    this.draw();
  }

  get top() {
    return this.stack.at(-1);
  }

  draw() {
    if (!this.top) {
      fillNextForm(null);
      if (this.dialog.open) this.dialog.close();
      this.dialog.replaceChildren();
      return;
    }
    const { view, form, samples } = this.top;
    const nested = this.stack.length > 1;
    this.submitButton = view.submit && el('button', { class: 'btn btn-primary', type: 'submit' }, plain(view.submit));
    const head = el('header', { class: 'dialog-head' },
      nested && el('button', { class: 'btn-quiet', type: 'button', 'aria-label': 'Back', on: { click: () => this.leave() } }, icon('back')),
      el('h2', { id: 'modal-title' }, plain(view.title)),
      el('button', { class: 'btn-quiet', type: 'button', 'aria-label': 'Close dialog', on: { click: () => this.leaveAll() } }, icon('close')));
    const foot = el('footer', { class: 'dialog-foot' },
      el('button', { class: 'btn', type: 'button', on: { click: () => this.leave() } }, plain(view.close) || (view.submit ? 'Cancel' : 'Close')), this.submitButton);
    const body = el('form', { class: 'dialog-form', novalidate: true, on: {
      submit: (event) => {
        event.preventDefault();
        this.submit();
      },
      keydown: (event) => {
        if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) this.submit();
      },
    } }, el('div', { class: 'dialog-body' }, samples, form.node), foot);
    fill(this.dialog, head, body);
    if (!this.dialog.open) this.dialog.showModal();
  }

  focusFirst() {
    this.top?.form.node.querySelector('input:not([type=file]), textarea, select')?.focus({ preventScroll: true });
    this.dialog.querySelector('.dialog-body')?.scrollTo(0, 0);
  }

  async submit() {
    const { view, form } = this.top;
    if (!view.submit || this.submitButton.disabled || !form.check()) return;
    this.setBusy(true);
    try {
      while (form.busy) await new Promise((done) => form.node.addEventListener('files', done, { once: true }));
      this.settle(view, form, await submitView(view.id, form.values()));
    } catch (error) {
      if (error.body?.response_action === 'errors') form.showErrors(error.body.errors ?? {});
      else toastError(error);
    } finally {
      this.setBusy(false);
    }
  }

  settle(view, form, answer) {
    const action = answer.response_action;
    if (action === 'errors' || answer.errors) form.showErrors(answer.errors ?? {});
    else if (action === 'clear') this.clear();
    else if (action === 'update' && answer.view) this.update({ ...answer.view, id: view.id });
    else if (action === 'push' && answer.view) this.push(answer.view);
    else if (!action) this.drop(view.id);
  }

  setBusy(busy) {
    if (!this.submitButton) return;
    this.submitButton.disabled = busy;
    this.submitButton.setAttribute('aria-busy', String(busy));
  }

  leave() {
    const entry = this.stack.pop();
    this.draw();
    if (entry) closeView(entry.view.id).catch(toastError);
  }

  leaveAll() {
    const [root] = this.stack;
    this.clear();
    if (root) closeView(root.view.id).catch(toastError);
  }
}

/** Show the views that the server opens, updates, pushes and closes. */
export function mountModal(root) {
  return new Modal(root);
}
