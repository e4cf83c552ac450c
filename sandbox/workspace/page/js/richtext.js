/** rich_text blocks: sections, lists, quotes and preformatted text, as nodes. */

import { anchor, el } from './dom.js';
import { broadcast, channelMention, emoji, userMention } from './entities.js';
import { codeBlock } from './code.js';
import { formatDate } from './time.js';

const STYLE_TAGS = { code: 'code', bold: 'strong', italic: 'em', strike: 's', underline: 'u', highlight: 'mark' };
const BULLETS = ['disc', 'circle', 'square'];
const NUMBERS = ['decimal', 'lower-alpha', 'lower-roman'];

/** A whole rich_text block. */
export function richText(block) {
  return el('div', { class: 'rich-text' }, (block.elements ?? []).map(part));
}

function part(element) {
  const children = element.elements ?? [];
  switch (element.type) {
    case 'rich_text_section':
      return el('p', {}, children.flatMap(inlineElement));
    case 'rich_text_list':
      return list(element);
    case 'rich_text_quote':
      return el('blockquote', { class: element.border ? 'bordered' : null }, children.flatMap(inlineElement));
    case 'rich_text_preformatted':
      return codeBlock(plainIfPossible(children), { language: element.language ?? '' });
    default:
      return el('p', { class: 'unknown-block' }, `This page does not draw ${element.type ?? 'this part'}.`);
  }
}

function plainIfPossible(children) {
  const literal = children.every((c) => c.type === 'text');
  return literal ? children.map((c) => c.text ?? '').join('') : children.flatMap(inlineElement);
}

function list(element) {
  const ordered = element.style === 'ordered';
  const indent = Math.min(Number(element.indent ?? 0), 8);
  const kinds = ordered ? NUMBERS : BULLETS;
  return el(ordered ? 'ol' : 'ul', {
    class: `rich-list${element.border ? ' bordered' : ''}`,
    start: ordered && element.offset ? Number(element.offset) + 1 : null,
    style: { 'list-style-type': kinds[indent % 3], 'margin-left': `${indent * 24}px` },
  }, (element.elements ?? []).map((item) => el('li', {}, (item.elements ?? []).flatMap(inlineElement))));
}

function inlineElement(element) {
  return styled(bare(element), element.style);
}

function bare(element) {
  switch (element.type) {
    case 'text':
      return withBreaks(element.text ?? '');
    case 'link':
      return [anchor(element.url, element.text || element.url || '')];
    case 'user':
      return [userMention(element.user_id)];
    case 'channel':
      return [channelMention(element.channel_id)];
    case 'usergroup':
      return [broadcast('group')];
    case 'broadcast':
      return [broadcast(element.range ?? 'channel')];
    case 'emoji':
      return [emoji(element.name ?? '', element.unicode)];
    case 'date':
      return [el('time', {}, formatDate(element.timestamp, element.format, element.fallback))];
    case 'color':
      return [el('code', {}, element.value ?? '')];
    default:
      return [el('span', { class: 'unknown-inline' }, `[${element.type ?? 'unknown'}]`)];
  }
}

function withBreaks(text) {
  return text.split('\n').flatMap((line, i) => (i ? [el('br'), line] : [line]));
}

function styled(nodes, style) {
  if (!style || typeof style !== 'object') return nodes;
  return Object.entries(STYLE_TAGS).reduce((inner, [name, tag]) => (style[name] ? [el(tag, {}, inner)] : inner), nodes);
}
