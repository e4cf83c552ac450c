/** table and data_table blocks. */

import { el } from './dom.js';
import { richText } from './richtext.js';
import { plain } from './text.js';

const ALIGN = new Set(['left', 'center', 'right']);

/** A table whose first row is its head. */
export function tableBlock(block) {
  const settings = block.column_settings ?? [];
  const [head, ...body] = block.rows ?? [];
  const row = (cells, tag) => el('tr', {}, (cells ?? []).map((cell, n) => el(tag, { class: cellClass(settings[n]), scope: tag === 'th' ? 'col' : null }, cellContent(cell))));
  return el('div', { class: 'table-box', tabindex: '0', role: 'region', 'aria-label': plain(block.caption) || 'Table' },
    el('table', { class: 'grid' },
      block.caption && el('caption', {}, plain(block.caption)),
      el('thead', {}, row(head, 'th')),
      el('tbody', {}, body.map((cells) => row(cells, 'td')))));
}

function cellClass(setting) {
  const align = ALIGN.has(setting?.align) ? setting.align : 'left';
  return `align-${align}${setting?.is_wrapped ? ' wraps' : ''}`;
}

function cellContent(cell) {
  if (cell?.type === 'rich_text') return richText(cell);
  if (cell?.type === 'raw_number') return String(cell.value ?? cell.text ?? '');
  return typeof cell === 'string' ? cell : cell?.text ?? '';
}
