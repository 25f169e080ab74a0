// The themes, by name. Owns: which colours mean what in each. Must not know: who draws, which one is chosen.
// Text stays in the terminal's own colours; without colour, weight and inversion carry the meaning.
import { LIVE_THEMES, type LiveTheme } from '@kaipo/core/config/live-actions.js';
import type { Look, StyleName } from './theme.js';

export const THEME_NAMES = LIVE_THEMES;
export type ThemeName = LiveTheme;
export type Theme = Readonly<Record<StyleName, Look>>;

/** Calm: mid tones for words, one hue for each direction, warm colours only for trouble. */
const DARK: Theme = {
  text: {},
  dim: { fg: 245 },
  strong: { bold: true },
  brand: { fg: 38, bold: true },
  border: { fg: 240 },
  focus: { fg: 38 },
  heading: { fg: 109 },
  key: { fg: 38, bold: true },
  rx: { fg: 38 },
  rx1: { fg: 24 },
  rx2: { fg: 31 },
  rx3: { fg: 38 },
  tx: { fg: 140 },
  tx1: { fg: 60 },
  tx2: { fg: 97 },
  tx3: { fg: 140 },
  good: { fg: 71 },
  warn: { fg: 178 },
  bad: { fg: 203, bold: true },
  alarm: { fg: 231, bg: 160, bold: true },
  paused: { fg: 16, bg: 178, bold: true },
  past: { fg: 231, bg: 61, bold: true },
  selected: { fg: 231, bg: 24 },
};

/** Darker tones, at least 4.5:1 on white. */
const LIGHT: Theme = {
  ...DARK,
  dim: { fg: 242 },
  brand: { fg: 25, bold: true },
  border: { fg: 247 },
  focus: { fg: 25 },
  heading: { fg: 24 },
  key: { fg: 25, bold: true },
  rx: { fg: 25 },
  rx1: { fg: 110 },
  rx2: { fg: 67 },
  rx3: { fg: 25 },
  tx: { fg: 90 },
  tx1: { fg: 182 },
  tx2: { fg: 133 },
  tx3: { fg: 90 },
  good: { fg: 28 },
  warn: { fg: 94, bold: true },
  bad: { fg: 124, bold: true },
  selected: { fg: 16, bg: 153 },
};

/** Nothing dim, nothing in between. */
const HIGH_CONTRAST: Theme = {
  ...DARK,
  dim: {},
  brand: { fg: 14, bold: true },
  border: {},
  focus: { fg: 11, bold: true },
  heading: { bold: true },
  key: { fg: 11, bold: true },
  rx: { fg: 14, bold: true },
  rx1: { fg: 14 },
  rx2: { fg: 14 },
  rx3: { fg: 14 },
  tx: { fg: 13, bold: true },
  tx1: { fg: 13 },
  tx2: { fg: 13 },
  tx3: { fg: 13 },
  good: { fg: 10, bold: true },
  warn: { fg: 11, bold: true },
  bad: { fg: 15, bg: 1, bold: true },
  selected: { fg: 16, bg: 11, bold: true },
};

/** Blue and orange (Okabe and Ito), which every kind of colour blindness tells apart; good and bad differ in weight too. */
const COLOR_BLIND: Theme = {
  ...DARK,
  rx: { fg: 74 },
  rx1: { fg: 24 },
  rx2: { fg: 31 },
  rx3: { fg: 74 },
  tx: { fg: 214 },
  tx1: { fg: 94 },
  tx2: { fg: 136 },
  tx3: { fg: 214 },
  good: { fg: 74 },
  warn: { fg: 228, bold: true },
  bad: { fg: 16, bg: 214, bold: true },
  alarm: { fg: 16, bg: 214, bold: true },
};

const PLAIN: Theme = {
  text: {},
  dim: {},
  strong: { bold: true },
  brand: { bold: true },
  border: {},
  focus: { bold: true },
  heading: { bold: true },
  key: { bold: true },
  rx: {},
  rx1: {},
  rx2: {},
  rx3: {},
  tx: {},
  tx1: {},
  tx2: {},
  tx3: {},
  good: {},
  warn: { bold: true },
  bad: { bold: true },
  alarm: { bold: true, inverse: true },
  paused: { inverse: true },
  past: { inverse: true },
  selected: { inverse: true },
};

export const THEMES: Readonly<Record<ThemeName, Theme>> = {
  dark: DARK,
  light: LIGHT,
  'high-contrast': HIGH_CONTRAST,
  'color-blind': COLOR_BLIND,
  plain: PLAIN,
};
