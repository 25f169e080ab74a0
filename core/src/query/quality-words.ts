// What it means that an owner is known in some way, in a sentence for people. Owns the sentences.
import type { OwnerQuality } from '../api/events.js';

export const QUALITY_WORDS: Readonly<Record<OwnerQuality, string>> = {
  event: 'the kernel told which process opened the socket',
  'proc-snapshot': 'the socket was found among the open files of the process',
  listener: 'the process listens on the port; it will have accepted the connection',
  inherited: 'the socket came from the process that opened it, a parent or a sibling',
  'nat-joined': 'the address was translated; the flow behind the translation has this owner',
  inferred: 'guessed from what else the process did, with no socket that proves it',
  kernel: 'the kernel itself sends these, no process',
  forwarded: 'passed through this host for others',
  unknown: 'nothing tells who it was',
};

export const OWNER_QUALITIES = Object.keys(QUALITY_WORDS) as readonly OwnerQuality[];
