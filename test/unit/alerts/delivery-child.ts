// A process that takes alerts and delivers them until it is killed: prints the id of each that it has taken, one a line.
// Arguments: journal, address, number of the first alert (-1: none).
import { writeSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { webhookSecrets } from '@kaipo/cli/alerts/channels/parts/standard-signature.js';
import { webhookChannel } from '@kaipo/cli/alerts/channels/webhook.js';
import { DeliveryRun } from '@kaipo/cli/alerts/delivery-run.js';
import { OutboxFile } from '@kaipo/cli/alerts/outbox-file.js';
import { delivery, incident } from './alert-fixtures.js';

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const MAX_ALERTS = 9;

function main(path: string, url: string, first: number): void {
  const sink = webhookChannel({ name: 'hook', url, allowPrivate: true, secrets: webhookSecrets(SECRET, 'test') });
  const run = new DeliveryRun({
    channels: [{ sink, fingerprint: 'f', accepts: (one) => one }],
    store: new OutboxFile(path),
    waitsMs: Array(1000).fill(2),
  });
  run.start();
  let next = first;
  const tell = (): void => {
    const id = `msg_${next}`;
    run.tell([delivery(id, { of: [incident({ id })] })]);
    writeSync(1, `${id}\n`);
    next += 1;
    if (next < first + MAX_ALERTS) setImmediate(tell);
  };
  if (first >= 0) tell();
  // Until somebody kills it.
  setInterval(() => undefined, 1000);
}

if (argv[1] === fileURLToPath(import.meta.url)) main(argv[2]!, argv[3]!, Number(argv[4]));
