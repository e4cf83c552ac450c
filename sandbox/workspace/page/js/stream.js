/** The live connection: what the server pushes, and coming back after a break. */

import { state, takeMessage, tell } from './state.js';

const FIRST_WAIT = 400;
const LONGEST_WAIT = 5000;

let socket = null;
let wait = FIRST_WAIT;
let timer = 0;

/** Connect for the present person, dropping an earlier connection; `onOpen(again)` is called at each opening. */
export function connect(onOpen) {
  clearTimeout(timer);
  const old = socket;
  socket = null;
  old?.close();
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const mine = new WebSocket(`${scheme}://${location.host}/web/stream?user=${encodeURIComponent(state.me)}`);
  socket = mine;
  mine.addEventListener('open', () => {
    const again = wait !== FIRST_WAIT;
    wait = FIRST_WAIT;
    setOnline(true);
    onOpen(again);
  });
  mine.addEventListener('message', (event) => {
    if (socket === mine) receive(event.data);
  });
  mine.addEventListener('close', () => {
    if (socket !== mine) return;
    setOnline(false);
    timer = setTimeout(() => connect(onOpen), wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  });
}

function setOnline(online) {
  state.online = online;
  tell('connection');
}

function receive(text) {
  let event;
  try {
    event = JSON.parse(text);
  } catch {
    return;
  }
  if (event.type === 'message' || event.type === 'message_changed') takeMessage(event.channel, event.message);
  else if (event.type === 'message_deleted') takeMessage(event.channel, event.message ?? { ts: event.ts }, true);
  else if (event.type === 'home') {
    state.home = event.view;
    tell('home');
  } else if (event.type?.startsWith('view_')) tell('view', event);
  else tell(event.type, event);
}
