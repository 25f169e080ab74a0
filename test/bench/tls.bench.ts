// Cost of a flow of TLS: naming it, reading it, and its record.
import { talksBench } from './flows-bench.js';

export const bench = talksBench('tls');
