/** plan and task_card blocks: a list of steps with how each one stands. */

import { anchor, el } from './dom.js';
import { icon } from './icons.js';
import { richText } from './richtext.js';
import { mrkdwn } from './mrkdwn.js';
import { plain } from './text.js';

const STATUS = { pending: 'Not started', in_progress: 'Working', complete: 'Done', error: 'Failed' };
const ORDER = ['complete', 'in_progress', 'error'];

/** A plan with its tasks. */
export function planBlock(block) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter((t) => t.status === 'complete').length;
  return el('section', { class: 'plan', 'aria-label': plain(block.title) || 'Plan' },
    el('header', { class: 'plan-head' },
      el('span', { class: 'plan-title' }, plain(block.title)),
      tasks.length > 0 && el('span', { class: 'plan-count' }, `${done} of ${tasks.length}`)),
    tasks.length > 0 && el('div', { class: 'plan-bar', 'aria-hidden': 'true' }, ORDER.flatMap((status) =>
      tasks.filter((t) => t.status === status).map(() => el('i', { class: `bar-${status}`, style: { width: `${100 / tasks.length}%` } })))),
    el('ol', { class: 'tasks' }, tasks.map((task) => el('li', {}, taskCard(task)))));
}

/** One task: status sign, title, and details or output under it. */
export function taskCard(task) {
  const status = task.status in STATUS ? task.status : 'pending';
  return el('div', { class: `task task-${status}` },
    el('span', { class: 'task-sign', role: 'img', 'aria-label': STATUS[status] }, sign(status)),
    el('div', { class: 'task-body' },
      el('div', { class: 'task-title' }, plain(task.title)),
      [task.details, task.output].map((part) => part && el('div', { class: 'task-note' }, rich(part))),
      task.sources?.length > 0 && el('div', { class: 'task-sources' }, task.sources.map((s) => anchor(s.url, plain(s.text) || s.url)))));
}

function sign(status) {
  if (status === 'complete') return icon('check', 12);
  return status === 'error' ? icon('cross', 12) : null;
}

function rich(part) {
  if (typeof part === 'string') return mrkdwn(part);
  return part.type === 'rich_text' ? richText(part) : mrkdwn(part.text ?? '');
}
