// What of the package pcap-parser the oracle uses; the package has no types of its own.
declare module 'pcap-parser' {
  import type { EventEmitter } from 'node:events';
  import type { Readable } from 'node:stream';

  export interface PcapParserPacket {
    readonly header: {
      readonly timestampSeconds: number;
      readonly timestampMicroseconds: number;
      readonly capturedLength: number;
      readonly originalLength: number;
    };
    readonly data: Buffer;
  }

  /** Emits 'packet' (PcapParserPacket), 'error' and 'end'. */
  export function parse(input: string | Readable): EventEmitter;
}
