// What /api/dns answers, as far as the page reads it.
export interface NameRow {
  readonly name: string;
  readonly qtype: string;
  /** Of the latest answer. */
  readonly rcode: string;
  readonly count: number;
  readonly failed?: number;
  readonly first: number;
  readonly last: number;
  readonly answers?: readonly string[];
}

export interface NamesAnswer {
  readonly recorded: boolean;
  readonly rows: readonly NameRow[];
  /** Of all pages. */
  readonly names: number;
  readonly asked: number;
  readonly failed: number;
  readonly more?: boolean;
}

/** What the codes say, for people (RFC 1035 and 2136). */
const CODES: Readonly<Record<string, string>> = {
  NXDOMAIN: 'no such name',
  SERVFAIL: 'the name server failed',
  REFUSED: 'the name server refused',
  FORMERR: 'the question was not understood',
  NOTIMP: 'the name server cannot do this',
};

export const codeText = (rcode: string): string => CODES[rcode] ?? rcode;
