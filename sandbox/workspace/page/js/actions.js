/** Delivering a click on an interactive element: confirm, send, wait, say what went wrong. */

import { click } from './api.js';
import { linkUrl } from './dom.js';
import { permalinkTarget } from './entities.js';
import { confirmed } from './popover.js';
import { toastError } from './toast.js';
import { tell } from './state.js';

/** Where a click comes from: a message (`{channel, ts}`) or a view (`{view_id}`). */
export class Origin {
  /** `form` (if any) remembers choices and gives the values typed so far. */
  constructor(place, form = null) {
    this.place = place;
    this.form = form;
  }

  /** Deliver `element` of `block` with what was chosen; `node` is busy until the server has it. */
  async act(node, block, element, chosen = {}) {
    if (node.getAttribute('aria-busy') === 'true' || !(await confirmed(chosen.confirm ?? element.confirm))) return false;
    this.form?.remember(block, element, chosen);
    busy(node, true);
    try {
      await click(this.payload(block, element, chosen));
      return true;
    } catch (error) {
      toastError(error);
      return false;
    } finally {
      busy(node, false);
    }
  }

  payload(block, element, { confirm, ...chosen }) {
    return {
      ...this.place,
      block_id: block.block_id ?? '',
      action_id: element.action_id ?? '',
      type: element.type,
      ...chosen,
      ...(this.form ? { values: this.form.values() } : {}),
    };
  }
}

function busy(node, on) {
  node.setAttribute('aria-busy', String(on));
  if ('disabled' in node) node.disabled = on;
}

/** Follow a button's link: inside the workspace if it points here, else in a new tab. */
export function follow(raw) {
  const target = permalinkTarget(raw);
  if (target) tell('jump', target);
  else {
    const url = linkUrl(raw);
    if (url) window.open(url, '_blank', 'noopener,noreferrer');
  }
}
