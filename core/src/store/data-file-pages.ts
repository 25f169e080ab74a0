// Follows the trees of a data file page by page, the way LMDB would, and says what it would not survive: LMDB trusts its pages, and
// one that points outside of itself ends the process. Reads branch and leaf pages (an eighth of a store of a year), not the
// values. Owns the layout of LMDB's pages (mdb.c, MDB_page and MDB_node; the data format version 2 of lmdb-js).
// Must not know what is stored. Bound: two bits a page, one page, the page numbers of one level of a tree.
import { readSync } from 'node:fs';

/** One of the two trees a meta page names. */
export interface TreeRoot {
  readonly flags: number;
  readonly depth: number;
  /** Undefined: the tree is empty. */
  readonly root: number | undefined;
}

/** What a meta page says of its moment of the database. */
export interface FileMeta {
  readonly pageBytes: number;
  readonly lastPage: number;
  readonly txnId: bigint;
  /** The list of free pages, and the entries. */
  readonly free: TreeRoot;
  readonly main: TreeRoot;
}

export interface PageProblem {
  readonly message: string;
  /** The page is not in the file at all. */
  readonly isCut: boolean;
}

export const PAGE_HEADER_BYTES = 24;
const META_PAGES = 2;
const NODE_HEADER_BYTES = 8;
const P_BRANCH = 0x01;
const P_LEAF = 0x02;
const F_BIGDATA = 0x01;
const F_SUBDATA = 0x02;
/** MDB_ovpage: page number, transaction, pages. */
const BIGDATA_BYTES = 24;
const BIGDATA_PAGES_AT = 16;
const ID_BYTES = 8;
/** CURSOR_STACK of mdb.c. */
const MAX_DEPTH = 32;
/** The longest key of lmdb-js at any page size. */
const MAX_KEY_BYTES = 1978;

/** The first page that is not as LMDB writes it; undefined when there is none. `descriptor` is the open data file. */
export function pageProblem(descriptor: number, meta: FileMeta, fileBytes: number): PageProblem | undefined {
  try {
    new PageWalk(descriptor, meta, fileBytes).run();
    return undefined;
  } catch (error) {
    if (error instanceof Damage) return { message: error.message, isCut: error.isCut };
    throw error;
  }
}

class Damage extends Error {
  readonly isCut: boolean;

  constructor(page: number, what: string, isCut = false) {
    super(`page ${page} ${what}`);
    this.isCut = isCut;
  }
}

class PageWalk {
  readonly #descriptor: number;
  readonly #meta: FileMeta;
  readonly #fileBytes: number;
  readonly #page: Buffer;
  readonly #used: Uint8Array;
  readonly #freeLists: Buffer[] = [];

  constructor(descriptor: number, meta: FileMeta, fileBytes: number) {
    this.#descriptor = descriptor;
    this.#meta = meta;
    this.#fileBytes = fileBytes;
    this.#page = Buffer.alloc(meta.pageBytes);
    this.#used = new Uint8Array(Math.ceil((meta.lastPage + 1) / 8));
  }

  run(): void {
    for (let page = 0; page < META_PAGES; page++) this.#use(page, 1);
    this.#walk(this.#meta.free, true);
    this.#walk(this.#meta.main, false);
    for (const list of this.#freeLists) this.#checkFreeList(list);
  }

  /** Level by level, pages in the order they lie in the file. */
  #walk({ root, depth }: TreeRoot, isFree: boolean): void {
    if (root === undefined) return;
    if (depth < 1 || depth > MAX_DEPTH) throw new Damage(root, 'is the root of a tree of no depth');
    let level = [root];
    for (let at = 1; at <= depth; at++) {
      const below: number[] = [];
      for (const page of level.sort((left, right) => left - right)) {
        this.#use(page, 1);
        this.#readPage(page);
        this.#checkPage(page, at === depth, isFree, below);
      }
      level = below;
    }
  }

  #checkPage(page: number, isLeaf: boolean, isFree: boolean, below: number[]): void {
    const bytes = this.#page;
    const room = bytes.length - PAGE_HEADER_BYTES;
    const lower = bytes.readUInt16LE(20);
    const upper = bytes.readUInt16LE(22);
    const isOwn = bytes.readBigUInt64LE(0) === BigInt(page) && bytes.readBigUInt64LE(8) <= this.#meta.txnId;
    if (!isOwn || bytes.readUInt16LE(18) !== (isLeaf ? P_LEAF : P_BRANCH)) throw new Damage(page, 'is another page');
    if (lower % 2 !== 0 || lower > upper || upper > room) throw new Damage(page, 'has no bounds');
    const nodes = lower / 2;
    // A branch of one is possible in the list of free pages alone.
    if (nodes < (isLeaf || isFree ? 1 : 2)) throw new Damage(page, 'is empty');
    for (let node = 0; node < nodes; node++) {
      const at = bytes.readUInt16LE(PAGE_HEADER_BYTES + 2 * node);
      if (at < upper || at + NODE_HEADER_BYTES > room) throw new Damage(page, 'points outside of itself');
      const start = PAGE_HEADER_BYTES + at;
      const keyBytes = bytes.readUInt16LE(start + 6);
      const dataAt = start + NODE_HEADER_BYTES + keyBytes;
      // The first key of a branch is not there.
      const isKeyed = isFree ? keyBytes === ID_BYTES : keyBytes > 0 && keyBytes <= MAX_KEY_BYTES;
      if (dataAt > bytes.length || !(isKeyed || (!isLeaf && node === 0))) throw new Damage(page, 'has a damaged key');
      if (isLeaf) this.#checkLeafNode(page, start, dataAt, isFree);
      else below.push(bytes.readUIntLE(start, 6));
    }
  }

  #checkLeafNode(page: number, start: number, dataAt: number, isFree: boolean): void {
    const bytes = this.#page;
    const dataBytes = bytes.readUInt32LE(start);
    const flags = bytes.readUInt16LE(start + 4);
    // A named database inside is somebody else's; whoever opens the file says so.
    if ((flags & ~(F_BIGDATA | F_SUBDATA)) !== 0) throw new Damage(page, 'has an entry of an unknown kind');
    if ((flags & F_BIGDATA) === 0) {
      if (dataAt + dataBytes > bytes.length) throw new Damage(page, 'has an entry that ends outside of it');
      if (isFree) this.#freeLists.push(Buffer.from(bytes.subarray(dataAt, dataAt + dataBytes)));
      return;
    }
    if (dataAt + BIGDATA_BYTES > bytes.length) throw new Damage(page, 'has an entry that ends outside of it');
    const first = Number(bytes.readBigUInt64LE(dataAt));
    const pages = Number(bytes.readBigUInt64LE(dataAt + BIGDATA_PAGES_AT));
    const needed = Math.ceil((PAGE_HEADER_BYTES + dataBytes) / bytes.length);
    if (pages < needed) throw new Damage(page, 'has an entry that is longer than its pages');
    this.#use(first, pages);
    if (isFree) this.#freeLists.push(this.#read(first, first * bytes.length + PAGE_HEADER_BYTES, dataBytes));
  }

  /** A count, then page numbers; a negative number says how many follow the one behind it. */
  #checkFreeList(list: Buffer): void {
    const wrong = (): Damage => new Damage(this.#meta.free.root ?? 0, 'leads to a damaged list of free pages');
    if (list.length < ID_BYTES) throw wrong();
    const count = Number(list.readBigInt64LE(0));
    if (count < 0 || (count + 1) * ID_BYTES > list.length) throw wrong();
    for (let index = 1; index <= count; index++) {
      let page = Number(list.readBigInt64LE(index * ID_BYTES));
      if (page === 0) continue;
      let pages = 1;
      if (page < 0) {
        pages = -page;
        index += 1;
        if (index > count) throw wrong();
        page = Number(list.readBigInt64LE(index * ID_BYTES));
      }
      if (page < META_PAGES || page + pages - 1 > this.#meta.lastPage) throw wrong();
      for (let used = page; used < page + pages; used++) {
        if (this.#isUsed(used)) throw new Damage(used, 'is in use and in the list of free pages');
      }
    }
  }

  /** Every page belongs to one place. */
  #use(first: number, pages: number): void {
    const end = first + pages;
    if (pages < 1 || end - 1 > this.#meta.lastPage) throw new Damage(first, 'is named, but lies behind the last page');
    if (end * this.#page.length > this.#fileBytes) throw new Damage(end - 1, 'is not in the file', true);
    for (let page = first; page < end; page++) {
      if (this.#isUsed(page)) throw new Damage(page, 'is used twice');
      this.#used[page >> 3]! |= 1 << (page & 7);
    }
  }

  #isUsed(page: number): boolean {
    return (this.#used[page >> 3]! & (1 << (page & 7))) !== 0;
  }

  #readPage(page: number): void {
    const { length } = this.#page;
    if (readSync(this.#descriptor, this.#page, 0, length, page * length) < length)
      throw new Damage(page, 'is not in the file', true);
  }

  #read(page: number, at: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    if (readSync(this.#descriptor, bytes, 0, length, at) < length) throw new Damage(page, 'is not in the file', true);
    return bytes;
  }
}
