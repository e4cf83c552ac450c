/** Drawing Block Kit blocks that are not inputs. */

import { el, localUrl } from './dom.js';
import { icon } from './icons.js';
import { interactive } from './elements.js';
import { imageFigure, fileAddress } from './files.js';
import { markdown } from './markdown.js';
import { planBlock, taskCard } from './plan.js';
import { richText } from './richtext.js';
import { chartBlock } from './chart.js';
import { tableBlock } from './table.js';
import { plain, textNode } from './text.js';

const DRAW = {
  header: (b) => el('div', { class: `block-header level-${b.level ?? 2}`, role: 'heading', 'aria-level': Math.min(6, (b.level ?? 1) + 2) }, plain(b.text)),
  section, context, actions,
  divider: () => el('hr', { class: 'divider' }),
  image: (b) => imageFigure({ url: imageUrl(b), alt: b.alt_text, title: plain(b.title), host: hostOf(b.image_url) }),
  rich_text: richText,
  markdown: (b) => markdown(b.text),
  plan: planBlock,
  task_card: taskCard,
  table: tableBlock,
  data_table: tableBlock,
  data_visualization: chartBlock,
  context_actions: (b, origin) => el('div', { class: 'context-actions' }, (b.elements ?? []).map((e) => interactive(e, b, origin) ?? unknown(e.type))),
  container,
  alert: (b) => el('div', { class: `alert alert-${['error', 'warning', 'success'].includes(b.level) ? b.level : 'info'}` }, textNode(b.text)),
};

/** All blocks of a message, view or home. */
export function blocksNode(blocks, origin) {
  return el('div', { class: 'blocks' }, (blocks ?? []).map((block) => blockNode(block, origin)));
}

/** One block; a kind that is not known gives a visible note. */
export function blockNode(block, origin) {
  const draw = Object.hasOwn(DRAW, block?.type ?? '') ? DRAW[block.type] : null;
  const node = draw ? draw(block, origin) : unknown(block?.type);
  node.classList.add('block');
  return node;
}

function unknown(type) {
  return el('div', { class: 'unknown-block' }, `This page does not draw “${type ?? 'nameless'}” blocks.`);
}

function section(block, origin) {
  const accessory = block.accessory && accessoryNode(block.accessory, block, origin);
  return el('div', { class: `section${accessory ? ' has-accessory' : ''}` },
    el('div', { class: 'section-main' },
      block.text && textNode(block.text),
      block.fields?.length > 0 && el('div', { class: 'fields' }, block.fields.map((f) => el('div', { class: 'field' }, textNode(f))))),
    accessory && el('div', { class: 'accessory' }, accessory));
}

function accessoryNode(element, block, origin) {
  if (element.type === 'image') return imageNode(element, 'accessory-image');
  return interactive(element, block, origin) ?? unknown(element.type);
}

function context(block) {
  return el('div', { class: 'context' }, (block.elements ?? []).map((e) => (e.type === 'image' ? imageNode(e, 'context-image') : textNode(e))));
}

function actions(block, origin) {
  return el('div', { class: 'actions' }, (block.elements ?? []).map((e) => interactive(e, block, origin) ?? unknown(e.type)));
}

function imageNode(element, name) {
  const url = localUrl(imageUrl(element));
  return url ? el('img', { class: name, src: url, alt: element.alt_text ?? '' }) : el('span', { class: `${name} no-image`, title: element.alt_text }, icon('file', 14));
}

function imageUrl(block) {
  return block.slack_file ? fileAddress(block.slack_file) : block.image_url;
}

function hostOf(url) {
  try {
    return new URL(url).host;
  } catch {
    return '';
  }
}

function container(block, origin) {
  const children = block.child_blocks ?? block.blocks ?? block.elements ?? [];
  const open = !(block.is_collapsible && (block.default_collapsed ?? block.is_collapsed ?? false));
  return el('details', { class: 'container', open, data: { key: block.block_id ?? plain(block.title) } },
    el('summary', {}, icon('chevron', 16), el('span', { class: 'container-title' }, block.rich_text_title ? richText(block.rich_text_title) : plain(block.title)), block.subtitle && el('span', { class: 'container-sub' }, plain(block.subtitle))),
    blocksNode(children, origin));
}
