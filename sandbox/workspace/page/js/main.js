/** Starting the page, moving between places, and changing who is sitting here. */

import { fetchState } from './api.js';
import { ChannelView } from './channel.js';
import { el, fill } from './dom.js';
import { HomeView } from './home.js';
import { permalinkTarget } from './entities.js';
import { loadAll } from './loading.js';
import { mountModal } from './modal.js';
import { mountSidebar } from './sidebar.js';
import { forget, on, state, takeState, tell } from './state.js';
import { connect } from './stream.js';
import { ThreadPanel } from './thread.js';
import { toast, toastError } from './toast.js';

const main = document.getElementById('main');
const side = document.getElementById('thread');
let view = null;
let thread = null;

function routeTo(channel, threadTs = null) {
  return `#/c/${encodeURIComponent(channel)}${threadTs ? `/${threadTs}` : ''}`;
}

function route() {
  const link = new URLSearchParams(location.hash.slice(1));
  if (link.has('channel')) return fromLink(link);
  const parts = location.hash.split('/').map(decodeURIComponent);
  if (parts[1] === 'home') return { kind: 'home' };
  const asked = parts[1] === 'c' && state.channels.get(parts[2]);
  const first = [...state.channels.values()];
  const channel = asked || first.find((c) => c.name === 'prompts') || first.find((c) => !c.is_im && c.is_member !== false) || first[0];
  return channel ? { kind: 'channel', id: channel.id, thread: asked ? parts[3] ?? null : null } : { kind: 'none' };
}

/** A permalink that was opened from outside. */
function fromLink(link) {
  const target = { channel: link.get('channel'), ts: link.get('ts'), thread: link.get('thread_ts') };
  history.replaceState(null, '', routeTo(target.channel, target.thread));
  reveal(target);
  return route();
}

function reveal({ ts, thread: parent }) {
  if (ts) setTimeout(() => (parent ? thread : view)?.list?.reveal(ts), 300);
}

function show(force = false) {
  const next = route();
  const samePlace = !force && next.kind === state.place.kind && next.id === state.place.id;
  state.place = next;
  if (!samePlace) {
    closeThread();
    view?.close();
    if (next.kind === 'home') view = new HomeView(main);
    else if (next.kind === 'channel') view = new ChannelView(main, state.channels.get(next.id));
    else view = nothing();
  }
  if (next.thread !== (thread?.ts ?? null)) {
    closeThread();
    if (next.thread) thread = new ThreadPanel(side, state.channels.get(next.id), next.thread);
  }
  document.body.classList.toggle('with-thread', Boolean(thread));
  tell('place');
}

function nothing() {
  fill(main, el('p', { class: 'boot' }, 'This workspace has no channels for you yet.'));
  return null;
}

function closeThread() {
  thread?.close();
  thread = null;
}

on('open-thread', ({ channel, ts }) => {
  if (thread?.ts === ts) thread.composer.text.focus();
  else location.hash = routeTo(channel, ts);
});
on('close-thread', () => {
  if (state.place.kind === 'channel') location.hash = routeTo(state.place.id);
});
on('jump', (target) => {
  location.hash = routeTo(target.channel, target.thread);
  reveal(target);
});
on('arrival', ({ channelId, message }) => announce(channelId, message));
on('switch-user', (user) => start(user));

function announce(channelId, message) {
  const channel = state.channels.get(channelId);
  if (!channel) refreshState();
  else if (state.place.id !== channelId && message.text?.includes(`<@${state.me}>`)) toast(`You were mentioned in ${channel.is_im ? 'a direct message' : `#${channel.name}`}`);
}

async function refreshState() {
  try {
    takeState(await fetchState(state.me), state.me);
  } catch (error) {
    toastError(error);
  }
}

async function start(user) {
  try {
    const data = await fetchState(user);
    forget();
    takeState(data, user);
    tell('views', data.views ?? []);
  } catch (error) {
    fill(main, el('div', { class: 'boot' }, el('p', {}, error.message), el('button', { class: 'btn', type: 'button', on: { click: () => start(user) } }, 'Try again')));
    return;
  }
  const url = new URL(location.href);
  url.searchParams.set('user', state.users.get(state.me)?.name ?? state.me);
  history.replaceState(null, '', url);
  show(true);
  connect(catchUp);
}

/** After the live connection has opened: read what it did not bring. */
async function catchUp(again) {
  if (again) await refreshState();
  await loadAll().catch(toastError);
}

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[target=_blank]');
  const target = link && permalinkTarget(link.href);
  if (!target) return;
  event.preventDefault();
  tell('jump', target);
});
addEventListener('hashchange', () => state.me && show());
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => event.preventDefault());

on('channels_changed', refreshState);
mountSidebar(document.getElementById('sidebar'));
mountModal(document.getElementById('modal-root'));
start(new URL(location.href).searchParams.get('user') ?? '');
