// The brief of a period, for whoever has a store open: the command, the web server. Owns that names are pseudonyms unless somebody said
// otherwise: a brief is made to be given away.
import type { HistoryContext } from '../history/history-context.js';
import { deviceOf } from './device.js';
import { llmExport } from './llm-export.js';

/** `keyFile`: instead of the key of this machine. Raises what redactKey raises. */
export async function briefOf(context: HistoryContext, redact = true, keyFile?: string): Promise<string> {
  const { store, config, range, filter, nowUs, info } = context;
  const brief = { store, config, device: deviceOf(info), range, filter, nowUs };
  if (!redact) return llmExport(brief);
  const [{ Redactor }, { redactKey }] = await Promise.all([
    import('../redact/redactor.js'),
    import('../redact/redact-key.js'),
  ]);
  return llmExport({ ...brief, redactor: new Redactor(redactKey(info.dir, keyFile)) });
}
