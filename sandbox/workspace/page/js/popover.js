/** Menus that hang on a button, and the dialog that asks before something is done. */

import { el, freshId } from './dom.js';
import { plain, textNode } from './text.js';

let open = null;

/** Close the menu that is open, if any. */
export function closeMenu() {
  open?.close();
}

/** Toggle a menu under `button`. `items`: `{label, note, icon, danger, heading, choose}`. */
export function toggleMenu(button, items, label) {
  const wasMine = open?.button === button;
  closeMenu();
  if (!wasMine) openMenu(button, items, label);
}

function openMenu(button, items, label) {
  const menu = el('div', { class: 'menu', role: 'menu', 'aria-label': label });
  for (const item of items) menu.append(item.heading ? el('div', { class: 'menu-heading', role: 'presentation' }, item.heading) : entry(item));
  (button.closest('dialog') ?? document.body).append(menu);
  place(menu, button);
  button.setAttribute('aria-expanded', 'true');
  const away = (event) => {
    if (!menu.contains(event.target) && !button.contains(event.target)) closeMenu();
  };
  const keys = (event) => menuKey(event, menu, button);
  const scrolled = (event) => {
    if (!menu.contains(event.target)) follow(menu, button);
  };
  document.addEventListener('pointerdown', away, true);
  document.addEventListener('keydown', keys, true);
  document.addEventListener('scroll', scrolled, true);
  open = { button, close() {
    document.removeEventListener('pointerdown', away, true);
    document.removeEventListener('keydown', keys, true);
    document.removeEventListener('scroll', scrolled, true);
    button.setAttribute('aria-expanded', 'false');
    menu.remove();
    open = null;
  } };
  menu.querySelector('[role=menuitem]')?.focus({ preventScroll: true });
}

function entry(item) {
  return el('button', { class: `menu-item${item.danger ? ' danger' : ''}`, type: 'button', role: 'menuitem', tabindex: '-1', on: {
    click: () => {
      const { button } = open;
      closeMenu();
      button.focus();
      item.choose();
    },
  } }, item.icon, el('span', { class: 'menu-label' }, item.label, item.note && el('span', { class: 'menu-note' }, item.note)));
}

function menuKey(event, menu, button) {
  const items = [...menu.querySelectorAll('[role=menuitem]')];
  const at = items.indexOf(document.activeElement);
  const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
  if (event.key in moves) items.at(moves[event.key] % items.length)?.focus();
  else if (event.key === 'Escape' || event.key === 'Tab') {
    closeMenu();
    button.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Stay at the button while the page scrolls under it; close when it is scrolled away. */
function follow(menu, button) {
  const at = button.getBoundingClientRect();
  if (!button.isConnected || at.bottom < 0 || at.top > innerHeight) closeMenu();
  else place(menu, button);
}

function place(menu, button) {
  const at = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const below = at.bottom + 6 + size.height <= innerHeight || at.top - 6 - size.height < 8;
  const left = Math.min(at.left, innerWidth - size.width - 12);
  menu.style.left = `${Math.max(12, left)}px`;
  menu.style.top = `${below ? at.bottom + 6 : at.top - 6 - size.height}px`;
}

/** Ask by a Block Kit confirm object; resolves to whether the person agreed. */
export function confirmed(confirm) {
  if (!confirm) return Promise.resolve(true);
  const titleId = freshId('confirm');
  const danger = confirm.style === 'danger';
  return new Promise((resolve) => {
    const dialog = el('dialog', { class: 'dialog confirm', role: 'alertdialog', 'aria-labelledby': titleId },
      el('h2', { id: titleId }, plain(confirm.title)),
      el('div', { class: 'confirm-text' }, textNode(confirm.text)),
      el('div', { class: 'dialog-foot' },
        el('button', { class: 'btn', type: 'button', on: { click: () => dialog.close('no') } }, plain(confirm.deny) || 'Cancel'),
        el('button', { class: `btn ${danger ? 'btn-danger' : 'btn-primary'}`, type: 'button', autofocus: true, on: { click: () => dialog.close('yes') } }, plain(confirm.confirm) || 'OK')));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
