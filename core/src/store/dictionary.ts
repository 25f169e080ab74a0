// Names to small numbers and back, so that a bucket holds ids. Owns the cache; the file is the truth.
// Bound: MAX_DICTIONARY_NAMES a kind, then OTHER_ID; MAX_CACHED_NAMES in memory.
import { createHash } from 'node:crypto';
import { safeText } from '../kernel/safe-text.js';
import { INTERFACE_CLASSES, type InterfaceClass } from '../kernel/traffic-words.js';
import type { BlockReader, BlockWriter } from './block-access.js';
import { decodeBlock, encodeBlock } from './block-codec.js';
import { type NameKind, OTHER_ID, OTHER_NAME, type SeriesName } from './series-kind.js';
import { idOfNameKey, nameOfIdKey } from './store-keys.js';
import { MAX_CACHED_NAMES, MAX_DICTIONARY_NAMES } from './store-limits.js';
import type { StoreState } from './store-state.js';

/** LMDB keys are short, and strict about text: longer and other names are found by their digest. */
const PLAIN_KEY = /^[\x01\x20-\x7e]{0,200}$/;

export class Dictionary {
  readonly #ids = new Map<string, number>();

  /** The id of a name, a new one if needed. Runs inside the append's transaction. */
  idOf(kind: NameKind, name: SeriesName, state: StoreState, file: BlockReader & BlockWriter): number {
    const identity = identityOf(name);
    const cacheKey = `${kind}\u0000${identity}`;
    const cached = this.#ids.get(cacheKey);
    if (cached !== undefined) return cached;
    const id = this.#find(kind, identity, file) ?? this.#learn(kind, name, identity, state, file);
    if (this.#ids.size >= MAX_CACHED_NAMES) this.#ids.clear();
    if (id !== OTHER_ID) this.#ids.set(cacheKey, id);
    return id;
  }

  /** After a failed transaction: ids it gave out were never written. */
  forget(): void {
    this.#ids.clear();
  }

  #find(kind: NameKind, identity: string, file: BlockReader): number | undefined {
    const found = file.get(idOfNameKey(kind, keyText(identity)));
    const id = found === undefined ? undefined : decodeBlock(found);
    return typeof id === 'number' ? id : undefined;
  }

  #learn(kind: NameKind, name: SeriesName, identity: string, state: StoreState, file: BlockWriter): number {
    if (state.nextId[kind] > MAX_DICTIONARY_NAMES[kind]) {
      state.refusedNames[kind] += 1;
      return OTHER_ID;
    }
    const id = state.nextId[kind]++;
    file.put(idOfNameKey(kind, keyText(identity)), encodeBlock(id));
    file.put(nameOfIdKey(kind, id), encodeBlock(partsOf(name).map(safe)));
    return id;
  }
}

/** Who an id is. An id without a name (a damaged store) reads as "other", never as a crash. */
export function readName(kind: NameKind, id: number, file: BlockReader): SeriesName {
  const bytes = id === OTHER_ID ? undefined : file.get(nameOfIdKey(kind, id));
  const value = bytes === undefined ? undefined : decodeBlock(bytes);
  if (!Array.isArray(value) || typeof value[0] !== 'string') return { name: OTHER_NAME };
  const [name, exe, user, unit, container, klass] = value as (string | null)[];
  return {
    name: name ?? OTHER_NAME,
    ...(exe ? { exe } : {}),
    ...(user ? { user } : {}),
    ...(unit ? { unit } : {}),
    ...(container ? { container } : {}),
    ...(isClass(klass) ? { class: klass } : {}),
  };
}

function identityOf(name: SeriesName): string {
  const [first = '', ...rest] = partsOf(name);
  if (rest.every((part) => part === undefined)) return first;
  return [first, ...rest].map((part) => part ?? '').join('\u0001');
}

/** In file order: append only. */
function partsOf(name: SeriesName): (string | undefined)[] {
  return [name.name, name.exe, name.user, name.unit, name.container, name.class];
}

function isClass(text: string | null | undefined): text is InterfaceClass {
  return INTERFACE_CLASSES.includes(text as InterfaceClass);
}

function keyText(identity: string): string {
  if (PLAIN_KEY.test(identity)) return `=${identity}`;
  return `#${createHash('sha256').update(identity).digest('base64url')}`;
}

function safe(text: string | undefined): string | null {
  return text === undefined ? null : safeText(text);
}
