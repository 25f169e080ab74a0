// Works out answers that take long, in a process of its own: the server goes on answering others, and a damaged page of the store ends this
// process alone. Started by history-worker.ts; talks over the channel of fork. Owns nothing but that conversation. Bound: one question at
// a time.
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { FilterError } from '@kaipo/core/query/filter/filter-error.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import { storeOptions } from '../settings/settings.js';
import { answerText } from './history-question.js';
import type { WorkerAnswer, WorkerQuestion, WorkerStart } from './history-worker.js';
import { HISTORY_ROUTES } from './routes/history-routes.js';

let config: KaipoConfig | undefined;
let store: Store | undefined;

process.on('message', (message: WorkerStart | WorkerQuestion) => {
  if ('config' in message) start(message);
  else void work(message).then((answer) => process.send?.(answer));
});
process.once('disconnect', () => process.exit(0));

function start(message: WorkerStart): void {
  config = message.config;
  process.send?.({ isReady: true });
}

async function work({ id, path, query, url }: WorkerQuestion): Promise<WorkerAnswer> {
  try {
    const route = HISTORY_ROUTES.find((each) => each.path === path)!;
    store ??= openStore({ ...storeOptions(config!), readOnly: true });
    return { id, text: await answerText(route, query, { store, config: config!, nowUs: wallClockUs(), url }) };
  } catch (error) {
    if (!(error instanceof KaipoError)) return { id, error: { message: String((error as Error).stack ?? error) } };
    const { code, message, fix } = error;
    const filter = error instanceof FilterError ? { reason: error.reason, place: error.place } : undefined;
    return { id, error: { code, message, ...(fix !== undefined && { fix }), ...(filter !== undefined && { filter }) } };
  }
}
