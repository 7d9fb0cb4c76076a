// Draws the panels as horizontal bars, in two columns.
import { rounded } from '../../numbers.mjs';
import { compared, ours } from '../../subjects/subjects.mjs';
import { findPanels } from './panels.mjs';

const columns = 2;
const width = 580;
const margin = 20;
const names = 225;
const values = 70;
const barsWidth = width - names - values;
const rowHeight = 24;
const barHeight = 14;
const headHeight = 56;
const panelGap = 28;

/** The beginning of the bars on a logarithmic axis, as a part of their least value. */
const logarithmicFloor = 0.5;

const colors = { [ours]: '#0b62d6', [compared]: '#5b9bf0' };
const otherColor = '#aeb7c2';

/** @returns {string} an SVG image */
export function renderChart(results) {
  const panels = findPanels(results);
  const rows = Array.from({ length: Math.ceil(panels.length / columns) }, (_, row) => panels.slice(row * columns, (row + 1) * columns));
  let top = margin;
  const drawn = rows.flatMap((row) => {
    const parts = row.map((panel, column) => drawPanel(panel, margin + column * (width + 2 * margin), top));
    top += Math.max(...row.map(heightOf)) + panelGap;
    return parts;
  });
  const all = columns * (width + 2 * margin);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${all} ${top}" width="${all}" height="${top}"`
      + ' font-family="system-ui, sans-serif" font-size="13">',
    `<rect width="${all}" height="${top}" fill="#ffffff"/>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function drawPanel({ title, note, bars, isLogarithmic }, left, top) {
  const toWidth = isLogarithmic ? logarithmic(bars) : linear(bars);
  return [
    `<g transform="translate(${left} ${top})">`,
    text(0, 16, title, 'font-size="16" font-weight="600" fill="#1b2430"'),
    text(0, 36, note, 'fill="#5a6675"'),
    ...bars.map((bar, row) => drawBar(bar, headHeight + row * rowHeight, toWidth)),
    '</g>',
  ].join('\n');
}

function drawBar({ name, low, middle, high, isCutOff }, top, toWidth) {
  const isOurs = name in colors;
  const center = top + barHeight / 2;
  const [start, length, end] = [low, middle, high].map((value) => round(toWidth(value)));
  const range = `M${names + start} ${center}H${names + end}M${names + start} ${center - 3}v6M${names + end} ${center - 3}v6`;
  const weight = isOurs ? 'font-weight="600" fill="#1b2430"' : 'fill="#3a4552"';
  return [
    text(names - 8, center + 4.5, name, `text-anchor="end" ${weight}`),
    `<rect x="${names}" y="${top}" width="${length}" height="${barHeight}" fill="${colors[name] ?? otherColor}"/>`,
    ...(low < high ? [`<path d="${range}" stroke="#1b2430" fill="none"/>`] : []),
    text(names + end + 6, center + 4.5, `${isCutOff ? '> ' : ''}${rounded(middle)}`, weight),
  ].join('\n');
}

function linear(bars) {
  const most = Math.max(...bars.map(({ high }) => high));
  return (value) => (barsWidth * value) / most;
}

function logarithmic(bars) {
  const least = Math.log(logarithmicFloor * Math.min(...bars.map(({ low }) => low)));
  const most = Math.log(Math.max(...bars.map(({ high }) => high)));
  return (value) => (barsWidth * (Math.log(value) - least)) / (most - least);
}

function heightOf({ bars }) {
  return headHeight + bars.length * rowHeight;
}

function text(x, y, content, attributes) {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<text x="${x}" y="${y}" ${attributes}>${escaped}</text>`;
}

function round(number) {
  return Math.round(number * 10) / 10;
}
