// Names to small numbers and back, so that a bucket holds ids. Owns the cache; the file is the truth.
// Bound: MAX_DICTIONARY_NAMES a kind, then OTHER_ID; MAX_CACHED_NAMES in memory.
import { createHash } from 'node:crypto';
import type { Scope } from '../api/interval-record.js';
import { safeText } from '../kernel/safe-text.js';
import { INTERFACE_CLASSES, type InterfaceClass } from '../kernel/traffic-words.js';
import type { BlockReader, BlockWriter } from './block-access.js';
import { decodeBlock, encodeBlock } from './block-codec.js';
import { NameCache } from './name-cache.js';
import { scopeName } from './scope-name.js';
import { NAME_KINDS, type NameKind, OTHER_ID, OTHER_NAME, type SeriesName } from './series-kind.js';
import { idOfNameKey, nameOfIdKey, type StoreKey } from './store-keys.js';
import { ID_LIMIT, MAX_DICTIONARY_NAMES } from './store-limits.js';
import type { StoreState } from './store-state.js';
import { WordCache } from './word-cache.js';

/** LMDB keys are short, and strict about text: longer and other names are found by their digest. */
const PLAIN_KEY = /^[\x01\x20-\x7e]{0,200}$/;

/** Names looked at for one id to use again. */
const LONGEST_SEARCH = 1000;

export type NameLimits = { readonly [Kind in NameKind]?: number };

export class Dictionary {
  readonly #caches = new Map<NameKind, NameCache>(NAME_KINDS.map((kind) => [kind, new NameCache()]));
  readonly #words = new Map<NameKind, WordCache>(NAME_KINDS.map((kind) => [kind, new WordCache()]));
  /** By interface and zone: no row needs its scope as a text. */
  readonly #scopes = new Map<string | undefined, Map<string | undefined, number>>();
  readonly #limits: NameLimits;

  constructor(limits: NameLimits = {}) {
    this.#limits = limits;
  }

  /** How many names of a kind there may be. */
  mostOf(kind: NameKind): number {
    return Math.min(this.#limits[kind] ?? MAX_DICTIONARY_NAMES[kind], MAX_DICTIONARY_NAMES[kind]);
  }

  /** The id of a name, a new one if needed. Runs inside the append's transaction. */
  idOf(kind: NameKind, name: SeriesName, state: StoreState, file: BlockReader & BlockWriter): number {
    const cache = this.#caches.get(kind)!;
    const cached = cache.get(name);
    if (cached !== undefined) return cached;
    const identity = identityOf(name);
    const id = this.#find(kind, identity, file) ?? this.#learn(kind, name, identity, state, file);
    if (id !== OTHER_ID) cache.set(name, id);
    return id;
  }

  /** Ids of words as far as they are in memory; `idOfWord` knows the others. */
  wordsOf(kind: NameKind): WordCache {
    return this.#words.get(kind)!;
  }

  /** The same for a name that is one word. */
  idOfWord(kind: NameKind, word: string, state: StoreState, file: BlockReader & BlockWriter): number {
    const words = this.#words.get(kind)!;
    const cached = words.get(word);
    if (cached !== undefined) return cached;
    const id = this.#find(kind, word, file) ?? this.#learn(kind, { name: word }, word, state, file);
    if (id !== OTHER_ID) words.set(word, id);
    return id;
  }

  /** The id of a scope, 0 for none. */
  scopeId(scope: Scope, state: StoreState, file: BlockReader & BlockWriter): number {
    if (scope.interface === undefined && scope.zone === undefined) return 0;
    const { interface: interfaceName, zone } = scope;
    let zones = this.#scopes.get(interfaceName);
    const cached = zones?.get(zone);
    if (cached !== undefined) return cached;
    const id = this.idOfWord('scope', scopeName(scope), state, file);
    // As many as there are scopes in the dictionary.
    if (id === OTHER_ID) return id;
    if (zones === undefined) {
      zones = new Map();
      this.#scopes.set(interfaceName, zones);
    }
    zones.set(zone, id);
    return id;
  }

  /** After a failed transaction: ids it gave out were never written. */
  forget(): void {
    for (const cache of this.#caches.values()) cache.clear();
    for (const words of this.#words.values()) words.clear();
    this.#scopes.clear();
  }

  #find(kind: NameKind, identity: string, file: BlockReader): number | undefined {
    const found = file.get(idOfNameKey(kind, keyText(kind, identity, file)));
    const id = found === undefined ? undefined : decodeBlock(found);
    return typeof id === 'number' && id > 0 && id < ID_LIMIT ? id : undefined;
  }

  #learn(
    kind: NameKind,
    name: SeriesName,
    identity: string,
    state: StoreState,
    file: BlockReader & BlockWriter,
  ): number {
    const id = this.#freeId(kind, state, file);
    if (id === undefined) {
      state.refusedNames[kind] += 1;
      return OTHER_ID;
    }
    state.liveNames[kind] += 1;
    file.put(idOfNameKey(kind, keyText(kind, identity, file)), encodeBlock(id));
    file.put(nameOfIdKey(kind, id), encodeBlock(partsOf(name).map(safe)));
    return id;
  }

  /** A new id, or once those are used up, one whose name was removed. */
  #freeId(kind: NameKind, state: StoreState, file: BlockReader): number | undefined {
    const most = this.mostOf(kind);
    if (state.nextId[kind] <= most) return state.nextId[kind]++;
    let id = state.reuseFrom[kind];
    if (id === 0) return undefined;
    for (let steps = 0; id <= most && steps < LONGEST_SEARCH; steps++, id++) {
      if (file.get(nameOfIdKey(kind, id)) !== undefined) continue;
      state.reuseFrom[kind] = id + 1;
      return id;
    }
    state.reuseFrom[kind] = id > most ? 0 : id;
    return undefined;
  }
}

/** Where the id of a name stands in a file. */
export function idKeyOfName(kind: NameKind, name: SeriesName, file: BlockReader): StoreKey {
  return idOfNameKey(kind, keyText(kind, identityOf(name), file));
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

function keyText(kind: NameKind, identity: string, file: BlockReader): string {
  const digest = file.digestName?.(`${kind}\u0000${identity}`);
  if (digest !== undefined) return `~${digest}`;
  if (PLAIN_KEY.test(identity)) return `=${identity}`;
  return `#${createHash('sha256').update(identity).digest('base64url')}`;
}

function safe(text: string | undefined): string | null {
  return text === undefined ? null : safeText(text);
}
