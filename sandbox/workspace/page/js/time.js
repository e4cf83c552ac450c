/** Timestamps as a person reads them. */

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
const FULL = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'medium' });

export const asDate = (ts) => new Date(parseFloat(ts) * 1000);
export const clock = (ts) => CLOCK.format(asDate(ts));
export const fullTime = (ts) => FULL.format(asDate(ts));
export const dayKey = (ts) => asDate(ts).toDateString();

/** "Today", "Yesterday" or the date. */
export function dayName(ts) {
  const days = Math.round((new Date(new Date().toDateString()) - new Date(dayKey(ts))) / 86_400_000);
  if (days === 0) return 'Today';
  return days === 1 ? 'Yesterday' : DAY.format(asDate(ts));
}

/** How long ago, in one or two words. */
export function ago(ts) {
  const seconds = Math.max(0, Date.now() / 1000 - parseFloat(ts));
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return dayName(ts);
}

/** Slack's date formats ({date}, {time}, …) for a Unix time in seconds. */
export function formatDate(seconds, format, fallback) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return fallback ?? '';
  const long = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' }).format(date);
  const parts = {
    date_num: date.toISOString().slice(0, 10),
    date: long,
    date_short: new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' }).format(date),
    date_long: DAY.format(date),
    date_pretty: dayName(seconds),
    date_short_pretty: dayName(seconds),
    date_long_pretty: dayName(seconds),
    time: CLOCK.format(date),
    time_secs: new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' }).format(date),
    ago: ago(seconds),
  };
  return String(format ?? '{date_short} {time}').replace(/\{(\w+)\}/g, (whole, name) => parts[name] ?? whole);
}
