/** The page's own line icons, drawn on a 20 by 20 grid. */

const SVG = 'http://www.w3.org/2000/svg';

const PATHS = {
  hash: ['M7.5 3.5 6 16.5', 'M14 3.5l-1.5 13', 'M3.5 7.5h13', 'M3 12.5h13'],
  lock: ['M5 9h10v7.5H5z', 'M7 9V6.5a3 3 0 0 1 6 0V9'],
  home: ['M3.5 9.5 10 4l6.5 5.5', 'M5.5 8.5v7.5h9V8.5'],
  reply: ['M4 5.5h12v8H9.5L6 16.5v-3H4z'],
  close: ['M5 5l10 10', 'M15 5 5 15'],
  back: ['M12 4.5 6.5 10l5.5 5.5'],
  send: ['M4 4l12.5 6L4 16l1.8-6z', 'M5.8 10H11'],
  attach: ['M10 4v12', 'M4 10h12'],
  at: ['M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0v1.2c0 2.4 3.5 2.2 3.5-1.2A6.5 6.5 0 1 0 13.4 15.5'],
  smile: ['M16.5 10a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0z', 'M7.3 12c1.3 1.8 4.1 1.8 5.4 0', 'M7.7 8v.4', 'M12.3 8v.4'],
  bold: ['M6.5 4.5h4a2.6 2.6 0 0 1 0 5.3h-4z', 'M6.5 9.8h4.7a2.8 2.8 0 0 1 0 5.7H6.5z'],
  italic: ['M8 4.5h5', 'M7 15.5h5', 'M11 4.5l-2.2 11'],
  code: ['M7 6.5 3.5 10 7 13.5', 'M13 6.5l3.5 3.5-3.5 3.5'],
  block: ['M3.5 4.5h13v11h-13z', 'M6.5 8l2 2-2 2', 'M10.5 12h3'],
  more: ['M10 5v.2', 'M10 10v.2', 'M10 15v.2'],
  copy: ['M7.5 7.5h8v8h-8z', 'M12.5 7.5v-3h-8v8h3'],
  download: ['M10 4v8.5', 'M6.5 9.5 10 13l3.5-3.5', 'M4 16h12'],
  expand: ['M11.5 4.5h4v4', 'M15.5 4.5 11 9', 'M8.5 15.5h-4v-4', 'M4.5 15.5 9 11'],
  file: ['M5.5 3.5h6l3 3v10h-9z', 'M11.5 3.5v3h3'],
  table: ['M3.5 4.5h13v11h-13z', 'M3.5 8.5h13', 'M8.5 8.5v7'],
  check: ['M5 10.5l3.5 3.5L15 6.5'],
  cross: ['M6 6l8 8', 'M14 6l-8 8'],
  chevron: ['M6 8l4 4 4-4'],
  down: ['M10 4v11', 'M5.5 10.5 10 15l4.5-4.5'],
  eye: ['M2.5 10C5 5.8 15 5.8 17.5 10 15 14.2 5 14.2 2.5 10z', 'M12 10a2 2 0 1 1-4 0 2 2 0 0 1 4 0z'],
  up: ['M6 9h-.5A1.5 1.5 0 0 0 4 10.5v4A1.5 1.5 0 0 0 5.5 16H6zM6 9l3.2-5.2c1.4 0 2 1 1.7 2.2L10.4 8.500H15a1.3 1.3 0 0 1 1.3 1.600l-1 4.700A1.5 1.5 0 0 1 13.8 16H6'],
  bolt: ['M11 3 5 11.500h4L8.5 17 15 8.500h-4.300z'],
  spark: ['M10 3.500l1.6 4.9 4.9 1.6-4.9 1.600L10 16.500l-1.6-4.900L3.5 10l4.9-1.600z'],
  trash: ['M4.5 6h11', 'M6.5 6v10h7V6', 'M8.5 6V4h3v2'],
  pencil: ['M4 16l.8-3.4 8.7-8.7a1.3 1.3 0 0 1 1.9 0l.7.7a1.3 1.3 0 0 1 0 1.9L7.4 15.2z', 'M12.2 5.2l2.6 2.6'],
  swap: ['M4 7h11', 'M12.5 4.5 15 7l-2.5 2.5', 'M16 13H5', 'M7.5 10.5 5 13l2.5 2.5'],
};

/** A decorative icon (hidden from screen readers; the control around it carries the label). */
export function icon(name, size = 18) {
  const svg = document.createElementNS(SVG, 'svg');
  const attributes = { viewBox: '0 0 20 20', width: size, height: size, 'aria-hidden': 'true', class: `icon icon-${name}` };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  for (const d of PATHS[name] ?? []) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

/** The bot's mark: a beam through two rays. */
export function botMark() {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [key, value] of Object.entries({ viewBox: '0 0 32 32', 'aria-hidden': 'true', class: 'bot-mark' })) svg.setAttribute(key, value);
  for (const [d, part] of [['M8 23 24 8', 'beam'], ['M8 13 15 8M17 24l7-5', 'ray']]) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    path.setAttribute('class', part);
    svg.append(path);
  }
  return svg;
}
