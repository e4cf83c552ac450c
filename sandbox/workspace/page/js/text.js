/** Block Kit text objects: plain_text and mrkdwn. */

import { el } from './dom.js';
import { withEmoji } from './emoji.js';
import { mrkdwn } from './mrkdwn.js';

/** The characters of a text object, for labels and titles. */
export function plain(object) {
  if (typeof object === 'string') return object;
  return object?.emoji === false ? object.text ?? '' : withEmoji(object?.text ?? '');
}

/** A text object as a node. */
export function textNode(object) {
  if (object?.type === 'mrkdwn') return mrkdwn(object.text, { verbatim: object.verbatim });
  return el('div', { class: 'plain' }, plain(object));
}
