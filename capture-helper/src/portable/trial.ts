// A process to be thrown away: opens one interface with one filter, says `ok` or why not, and ends. See tryInThrowAwayProcess.
import { writeSync } from 'node:fs';
import { openDevice } from './cap-device.js';

const RING_BYTES = 1024 * 1024;

let answer = 'ok';
try {
  openDevice(process.argv[2] ?? '', process.argv[3] ?? '', RING_BYTES, () => {});
} catch (error) {
  answer = (error as Error).message;
}
writeSync(1, `${answer}\n`);
process.exit(0);
