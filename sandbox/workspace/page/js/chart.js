/** data_visualization blocks: line, area, bar and pie charts as SVG with a text alternative. */

import { el } from './dom.js';

const SVG = 'http://www.w3.org/2000/svg';
const COLOURS = ['#6b3fa0', '#0f8a7a', '#d9822b', '#2f6fbf', '#b8405e', '#6c7a89'];
const BOX = { width: 560, height: 240, left: 44, right: 12, top: 12, bottom: 44 };

/** A titled chart with a legend when there is more than one series. */
export function chartBlock(block) {
  const chart = block.chart ?? {};
  const parts = chart.type === 'pie' ? pieParts(chart) : axisParts(chart);
  return el('figure', { class: 'chart' },
    el('figcaption', {}, block.title ?? ''),
    parts.drawing,
    parts.names.length > 1 && el('ul', { class: 'legend' }, parts.names.map((name, i) => el('li', {}, el('i', { style: { background: COLOURS[i % 6] } }), name))));
}

function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter((c) => c !== null));
  return node;
}

function frame(label, ...children) {
  return svg('svg', { viewBox: `0 0 ${BOX.width} ${BOX.height}`, role: 'img', 'aria-label': label }, ...children);
}

function scale(values) {
  const top = Math.max(...values, 0);
  const bottom = Math.min(...values, 0);
  const span = top - bottom || 1;
  const step = niceStep(span / 4);
  const ceiling = Math.ceil(top / step - 1e-9) * step || step;
  const floor = Math.floor(bottom / step + 1e-9) * step;
  const y = (v) => BOX.top + (BOX.height - BOX.top - BOX.bottom) * (1 - (v - floor) / (ceiling - floor));
  const ticks = [];
  for (let v = floor; v <= ceiling + step / 2; v += step) ticks.push(Number(v.toPrecision(6)));
  return { y, ticks, floor };
}

function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough);
}

function axisParts(chart) {
  const series = chart.series ?? [];
  const categories = (chart.axis_config?.categories ?? series[0]?.data?.map((d) => d.label) ?? []).map(String);
  const rows = series.map((s) => categories.map((c) => Number(s.data?.find((d) => String(d.label) === c)?.value ?? NaN)));
  const { y, ticks, floor } = scale(rows.flat().filter(Number.isFinite));
  const inner = BOX.width - BOX.left - BOX.right;
  const slot = inner / Math.max(1, categories.length);
  const x = (n) => BOX.left + slot * (n + 0.5);
  const draw = chart.type === 'bar' ? bars : lines;
  const label = series.map((s, i) => `${s.name ?? ''}: ${categories.map((c, n) => `${c} ${rows[i][n]}`).join(', ')}`).join('; ');
  const drawing = frame(label, ...gridLines(ticks, y), ...categoryNames(categories, x, slot),
    ...axisTitles(chart.axis_config), ...rows.flatMap((row, i) => draw(row, { x, y, floor, slot, index: i, count: rows.length, area: chart.type === 'area' })));
  return { drawing, names: series.map((s) => s.name ?? '') };
}

function gridLines(ticks, y) {
  return ticks.flatMap((t) => [
    svg('line', { x1: BOX.left, x2: BOX.width - BOX.right, y1: y(t), y2: y(t), class: 'grid-line' }),
    svg('text', { x: BOX.left - 7, y: y(t) + 4, class: 'tick', 'text-anchor': 'end' }, String(t)),
  ]);
}

function categoryNames(categories, x, slot) {
  const every = Math.ceil(46 / slot);
  return categories.map((c, n) => (n % every ? null : svg('text', { x: x(n), y: BOX.height - BOX.bottom + 17, class: 'tick', 'text-anchor': 'middle' }, c))).filter(Boolean);
}

function axisTitles(config) {
  if (!config?.x_label) return [];
  return [svg('text', { x: BOX.left + (BOX.width - BOX.left) / 2, y: BOX.height - 6, class: 'axis-title', 'text-anchor': 'middle' }, config.x_label)];
}

function lines(row, { x, y, floor, index, area }) {
  const points = row.map((v, n) => [x(n), y(v), v]).filter(([, , v]) => Number.isFinite(v));
  const colour = COLOURS[index % 6];
  const path = points.map(([px, py], n) => `${n ? 'L' : 'M'}${px.toFixed(1)} ${py.toFixed(1)}`).join('');
  const under = area && points.length ? svg('path', { d: `${path}L${points.at(-1)[0]} ${y(floor)}L${points[0][0]} ${y(floor)}Z`, fill: colour, opacity: 0.18 }) : null;
  return [under, svg('path', { d: path, fill: 'none', stroke: colour, 'stroke-width': 2.5, 'stroke-linejoin': 'round' }),
    ...points.map(([px, py]) => svg('circle', { cx: px, cy: py, r: 3.4, fill: colour }))].filter(Boolean);
}

function bars(row, { x, y, floor, slot, index, count }) {
  const width = Math.min(34, (slot * 0.7) / count);
  return row.map((v, n) => (Number.isFinite(v)
    ? svg('rect', { x: x(n) + (index - count / 2) * width, y: y(v), width: width - 2, height: Math.max(0, y(floor) - y(v)), rx: 2, fill: COLOURS[index % 6] })
    : null)).filter(Boolean);
}

function pieParts(chart) {
  const segments = (chart.segments ?? []).filter((s) => Number(s.value) > 0);
  const total = segments.reduce((sum, s) => sum + Number(s.value), 0);
  let from = -Math.PI / 2;
  const slices = segments.map((s, i) => {
    const to = from + (2 * Math.PI * Number(s.value)) / total;
    const [start, end] = [from, to].map((a) => `${(280 + 100 * Math.cos(a)).toFixed(2)} ${(120 + 100 * Math.sin(a)).toFixed(2)}`);
    const whole = segments.length === 1;
    const d = whole ? 'M180 120a100 100 0 1 0 200 0a100 100 0 1 0-200 0' : `M280 120L${start}A100 100 0 ${to - from > Math.PI ? 1 : 0} 1 ${end}Z`;
    from = to;
    return svg('path', { d, fill: COLOURS[i % 6], stroke: '#fff', 'stroke-width': 1.5 });
  });
  const names = segments.map((s) => `${s.label} ${Math.round((100 * s.value) / total)} %`);
  return { drawing: frame(names.join(', '), ...slices), names };
}
