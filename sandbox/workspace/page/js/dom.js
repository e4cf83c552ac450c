/** Building DOM nodes: data becomes text nodes or checked attributes, never markup. */

const WEB = new Set(['http:', 'https:', 'mailto:']);
const PICTURE = new Set(['http:', 'https:', 'blob:']);

/** The URL if a person may follow it, else null (javascript:, data: and nonsense are refused). */
export function linkUrl(raw) {
  return checked(raw, WEB);
}

/** The URL if an image or a download may be read from it: this server or an object made by this page. */
export function localUrl(raw) {
  const url = checked(raw, PICTURE);
  return url && (url.startsWith('blob:') || new URL(url).origin === location.origin) ? url : null;
}

function checked(raw, schemes) {
  if (typeof raw !== 'string' || !raw.trim()) return null;
  try {
    const url = new URL(raw, location.href);
    return schemes.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

const GUARDS = { href: (v) => (v.startsWith('#') ? v : linkUrl(v) ?? localUrl(v)), src: localUrl };

/**
 * One element. `props`: `class`, `text`, `on` (listeners), `data` (data-*), `style` (CSSOM properties),
 * booleans and anything else as attributes. Falsy children are skipped; strings become text nodes.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) apply(node, name, value);
  add(node, children);
  return node;
}

function apply(node, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name === 'class') node.className = value;
  else if (name === 'text') node.textContent = value;
  else if (name === 'on') for (const [type, fn] of Object.entries(value)) node.addEventListener(type, fn);
  else if (name === 'data') Object.assign(node.dataset, value);
  else if (name === 'style') for (const [k, v] of Object.entries(value)) node.style.setProperty(k, v);
  else if (name in GUARDS) {
    const safe = GUARDS[name](String(value));
    if (safe !== null) node.setAttribute(name, safe);
  } else if (/^on/i.test(name)) throw new Error('listeners are given through "on"');
  else node.setAttribute(name, value === true ? '' : String(value));
}

/** Append children (nodes, strings, nested arrays) to a node. */
export function add(node, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === '') continue;
    node.append(child);
  }
  return node;
}

/** Replace everything inside a node. */
export function fill(node, ...children) {
  node.replaceChildren();
  return add(node, ...children);
}

/** A link that opens outside the page, or its label as plain text if the address may not be followed. */
export function anchor(url, ...children) {
  const safe = linkUrl(url);
  if (!safe) return el('span', { class: 'dead-link', title: 'This address cannot be opened' }, ...children);
  return el('a', { href: safe, target: '_blank', rel: 'noopener noreferrer' }, ...children);
}

let counter = 0;

/** An id that is used nowhere else on the page. */
export function freshId(prefix = 'x') {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** Copy text and say so. */
export async function copyText(text, done) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el('textarea', { class: 'offscreen' });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  done?.();
}
