// When in the week: a square for each weekday and hour, darker where more moved, as inline SVG with the same as a table below. Pure, from
// data to markup, so that the report and the dashboard show the same. Owns the drawing; colours are classes of the page's style.
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { html, type Markup } from '../html.js';

export interface HeatCell {
  readonly txBytes: number;
  readonly rxBytes: number;
  /** 0 and no bytes: nobody looked, which is not silence. */
  readonly recordedSeconds: number;
}

/** [weekday][hour], Monday first. */
export type HeatWeek = readonly (readonly HeatCell[])[];

/** Shades from least to most; the first is for nothing at all. */
export const HEAT_SHADES = 6;
export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

interface Frame {
  readonly width: number;
  readonly left: number;
  readonly row: number;
  readonly letters: number;
  /** Hours between two labels. */
  readonly every: number;
}

const WIDE: Frame = { width: 960, left: 48, row: 24, letters: 3, every: 2 };
const NARROW: Frame = { width: 360, left: 26, row: 20, letters: 2, every: 6 };
const AXIS = 20;
const HOURS = 24;

export function heatMap(week: HeatWeek): Markup {
  const most = Math.max(1, ...week.flat().map(bytesOf));
  return html`<div class="chart chart-wide">${drawing(week, most, WIDE)}</div><div class="chart chart-narrow">${drawing(week, most, NARROW)}</div>`;
}

/** 0: nothing moved; HEAT_SHADES - 1: as much as in the hour with most. By the root, or one backup would leave the rest white. */
export function heatShade(bytes: number, most: number): number {
  return bytes <= 0 ? 0 : Math.max(1, Math.ceil(Math.sqrt(bytes / most) * (HEAT_SHADES - 1)));
}

export const isKnown = (cell: HeatCell): boolean => cell.recordedSeconds > 0 || bytesOf(cell) > 0;

function drawing(week: HeatWeek, most: number, frame: Frame): Markup {
  const { width, left, row, letters, every } = frame;
  const column = (width - left) / HOURS;
  const hours = Array.from({ length: HOURS / every }, (_, index) => index * every);
  return html`<svg viewBox="0 0 ${width} ${week.length * row + AXIS}" role="img" aria-label="${label(week)}">
${week.map((cells, day) => html`<text x="0" y="${day * row + row / 2 + 4}">${WEEKDAYS[day]!.slice(0, letters)}</text>${cells.map((cell, hour) => square(cell, day, hour, most, { x: left + hour * column, y: day * row, width: column - 2, height: row - 2 }))}`)}
${hours.map((hour) => html`<text x="${round(left + hour * column)}" y="${week.length * row + AXIS - 5}">${twoDigits(hour)}</text>`)}
</svg>`;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function square(cell: HeatCell, day: number, hour: number, most: number, { x, y, width, height }: Box): Markup {
  const shade = isKnown(cell) ? `heat-${heatShade(bytesOf(cell), most)}` : 'heat-none';
  return html`<rect class="${shade}" x="${round(x)}" y="${y}" width="${round(width)}" height="${height}" rx="2"><title>${WEEKDAYS[day]!} ${hourText(hour)}: ${cellText(cell)}</title></rect>`;
}

function label(week: HeatWeek): string {
  const cells = week.flatMap((row, day) => row.map((cell, hour) => ({ day, hour, bytes: bytesOf(cell) })));
  const busiest = cells.reduce((most, cell) => (cell.bytes > most.bytes ? cell : most), cells[0]!);
  const most = busiest.bytes === 0 ? '' : `: most on ${WEEKDAYS[busiest.day]!}, ${hourText(busiest.hour)}`;
  return `Traffic by weekday and hour${most}`;
}

/** The same numbers for who cannot see the shades. */
export function heatTable(week: HeatWeek): Markup {
  return html`<details><summary>The hours as a table</summary><div class="scroll" tabindex="0" role="region" aria-label="Traffic by weekday and hour"><table class="hours"><thead><tr><th scope="col">Hour</th>${WEEKDAYS.map((day) => html`<th scope="col">${day}</th>`)}</tr></thead>
<tbody>${Array.from({ length: HOURS }, (_, hour) => html`<tr><th scope="row">${hourText(hour)}</th>${week.map((cells) => html`<td>${cellText(cells[hour]!)}</td>`)}</tr>`)}</tbody></table></div></details>`;
}

export function heatLegend(week: HeatWeek): Markup {
  const shades = Array.from({ length: HEAT_SHADES }, (_, shade) => html`<span class="key heat-${shade}"></span>`);
  const hasGaps = week.flat().some((cell) => !isKnown(cell));
  return html`<ul class="legend"><li>nothing ${shades} most</li>${hasGaps ? html`<li><span class="key heat-none"></span>not recorded</li>` : undefined}</ul>`;
}

const cellText = (cell: HeatCell): string => (isKnown(cell) ? formatBytes(bytesOf(cell)) : 'not recorded');
const twoDigits = (value: number): string => String(value).padStart(2, '0');
const hourText = (hour: number): string => `${twoDigits(hour)}:00 to ${twoDigits((hour + 1) % HOURS)}:00`;

function bytesOf({ txBytes, rxBytes }: HeatCell): number {
  return txBytes + rxBytes;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
