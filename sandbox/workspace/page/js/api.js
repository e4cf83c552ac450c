/** Requests to the local workspace's server. */

import { state } from './state.js';

/** The server said no, or could not be reached; `message` may be shown to a person. */
export class RequestFailed extends Error {}

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new RequestFailed('The local workspace does not answer. Is it still running?');
  }
  let body = null;
  try {
    body = await response.json();
  } catch {
    throw new RequestFailed(`The local workspace answered ${response.status} without saying why.`);
  }
  if (!response.ok || body.ok === false) throw Object.assign(new RequestFailed(explain(body.error ?? response.status)), { body });
  return body;
}

const REASONS = {
  dispatch_failed: 'The app did not answer. Is the bot connected to this workspace?',
  operation_timeout: 'The app did not answer within 3 seconds.',
  commands_do_not_work_in_threads: 'Commands do not work in threads. Type it in the channel instead.',
  empty_file: 'An empty file cannot be uploaded.',
  not_in_channel: 'You are not a member of this channel.',
  unknown_command: 'No app here answers to that command.',
  app_not_connected: 'The app is not connected to this workspace at the moment.',
};

function explain(error) {
  return REASONS[error] ?? `The workspace refused: ${String(error).replaceAll('_', ' ')}.`;
}

const get = (path, params) => request(`${path}?${new URLSearchParams(params)}`);

function post(path, body) {
  return request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: state.me, ...body }),
  });
}

export const fetchState = (user) => get('/web/state', user ? { user } : {});
export const fetchMessages = (channel) => get('/web/messages', { user: state.me, channel });
export const send = (message) => post('/web/send', message);
export const click = (action) => post('/web/click', action);
export const submitView = (viewId, values) => post('/web/view/submit', { view_id: viewId, values });
export const closeView = (viewId) => post('/web/view/close', { view_id: viewId });
export const openHome = () => post('/web/home', {});
export const runShortcut = (shortcut) => post('/web/shortcut', shortcut);
export const react = (reaction) => post('/web/react', reaction);
export const editMessage = (edit) => post('/web/edit', edit);
export const deleteMessage = (message) => post('/web/delete', message);
export const joinChannel = (channel) => post('/web/join', { channel });

/** Upload one file; the answer describes the stored file. */
export function upload(file) {
  const form = new FormData();
  form.append('user', state.me);
  form.append('file', file, file.name);
  return request('/web/upload', { method: 'POST', body: form });
}

/** A file given by a URL of this server, as a File that can be uploaded. */
export async function fetchAsFile(url, name) {
  const response = await fetch(url).catch(() => null);
  if (!response?.ok) throw new RequestFailed(`The sample file ${name} could not be read.`);
  return new File([await response.blob()], name);
}
