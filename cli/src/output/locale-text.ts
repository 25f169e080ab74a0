// Tables on a terminal whose locale is not UTF-8: our own signs become ASCII ones of the same width. Owns which sign becomes which;
// whether the locale speaks UTF-8 is decided as for the dashboard. What was captured stays as it is.
import { glyphsFor } from '../tui/theme.js';

/** Levels and bars keep their order by ink; every sign is one column wide. */
const ASCII: Readonly<Record<string, string>> = {
  ...{ '█': '#', '▉': '#', '▊': '#', '▋': '#', '▌': '#', '▍': '-', '▎': '-', '▏': '-' },
  ...{ '▁': '.', '▂': ':', '▃': '-', '▄': '=', '▅': '+', '▆': '*', '▇': '%' },
  ...{ '–': '-', '…': '~', '·': '.', '’': "'", '“': '"', '”': '"' },
};
const SIGNS = new RegExp(`[${Object.keys(ASCII).join('')}]`, 'gu');

/** The text as the locale of the environment can show it: LC_ALL, LC_CTYPE, LANG in this order. */
export function localeText(text: string, environment: NodeJS.ProcessEnv = process.env): string {
  return glyphsFor(environment).utf8 ? text : text.replaceAll(SIGNS, (sign) => ASCII[sign]!);
}
