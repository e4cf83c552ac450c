/** What a select element offers, and how a choice is told to the app. */

import { channelName, people, state } from './state.js';
import { plain } from './text.js';

/** `{list, initial, chosen(value)}`; list items are `{value, label}` or `{group, list}`. */
export function optionsFor(element) {
  switch (element.type) {
    case 'users_select':
      return { list: userItems(), initial: element.initial_user, chosen: (v) => ({ selected_user: v || null }) };
    case 'channels_select':
      return { list: channelItems((c) => !c.is_im && !c.is_private), initial: element.initial_channel, chosen: (v) => ({ selected_channel: v || null }) };
    case 'conversations_select':
      return conversations(element);
    default:
      return staticOptions(element);
  }
}

function staticOptions(element) {
  const item = (o) => ({ value: o.value, label: plain(o.text) });
  const list = element.option_groups
    ? element.option_groups.map((g) => ({ group: plain(g.label), list: g.options.map(item) }))
    : (element.options ?? []).map(item);
  const all = element.option_groups ? element.option_groups.flatMap((g) => g.options) : element.options ?? [];
  return { list, initial: element.initial_option?.value, chosen: (v) => ({ selected_option: all.find((o) => o.value === v) ?? null }) };
}

function userItems() {
  return people().map((u) => ({ value: u.id, label: `@${u.name}` }));
}

function channelItems(keep) {
  return [...state.channels.values()].filter((c) => c.is_member !== false && keep(c))
    .map((c) => ({ value: c.id, label: `${c.is_im ? '@' : c.is_private ? '🔒 ' : '#'}${channelName(c)}` }));
}

function conversations(element) {
  const include = element.filter?.include;
  const kind = (c) => (c.is_im ? 'im' : c.is_private ? 'private' : 'public');
  const list = channelItems((c) => !include || include.includes(kind(c)));
  const here = state.place.kind === 'channel' ? state.place.id : undefined;
  const initial = element.initial_conversation ?? (element.default_to_current_conversation ? here : undefined);
  return { list, initial, chosen: (v) => ({ selected_conversation: v || null }) };
}
