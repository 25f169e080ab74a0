// One zone's answers: the zone is fixed when a process starts. Arguments: now, then texts. Prints a line of JSON: [from, to] each.
import { parsePeriod } from '@kaipo/core/query/time-range.js';

const [now = '', ...texts] = process.argv.slice(2);
const local = (us: number): string => {
  const at = new Date(us / 1000);
  const offset = -at.getTimezoneOffset();
  const shown = new Date(us / 1000 + offset * 60_000).toISOString().slice(0, 16);
  return `${shown}${offset < 0 ? '' : '+'}${offset}`;
};
const nowUs = new Date(now).getTime() * 1000;
const answers = texts.map((text) => {
  const { fromUs, toUs } = parsePeriod(text, nowUs);
  return [local(fromUs), local(toUs)];
});
process.stdout.write(JSON.stringify(answers));
