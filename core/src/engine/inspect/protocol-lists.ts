// Which protocols are asked for a port and for a first byte: made once, at start-up. Owns the order: that in which plugins are listed.
import type { ProtocolSpec, ProtocolTransport } from '../../api/protocol.js';

export interface ProtocolLists {
  /** By first byte: everybody who is not bound to ports. */
  readonly byFirstByte: readonly Uint16Array[];
  /** By port, for the ports anybody named. */
  readonly byPort: ReadonlyMap<number, Uint16Array>;
  /** 1: byPort has the port. */
  readonly isNamed: Uint8Array;
}

export function protocolLists(specs: readonly ProtocolSpec[], transport: ProtocolTransport): ProtocolLists {
  const byFirstByte: number[][] = Array.from({ length: 256 }, () => []);
  const byPort = new Map<number, number[]>();
  const isNamed = new Uint8Array(65_536);
  for (const [id, spec] of specs.entries()) {
    if (!spec.transports.includes(transport)) continue;
    for (const port of spec.ports ?? []) {
      const list = byPort.get(port);
      if (list === undefined) byPort.set(port, [id]);
      else list.push(id);
      isNamed[port] = 1;
    }
    if (spec.isPortBound === true) continue;
    const firstBytes = spec.firstBytes ?? (transport === 'tcp' ? firstOfStreams(spec) : undefined);
    if (firstBytes === undefined) for (const list of byFirstByte) list.push(id);
    else for (const byte of new Set(firstBytes)) byFirstByte[byte & 0xff]!.push(id);
  }
  return {
    byFirstByte: byFirstByte.map((list) => Uint16Array.from(list)),
    byPort: new Map([...byPort].map(([port, list]) => [port, Uint16Array.from(list)])),
    isNamed,
  };
}

const firstOfStreams = ({ stream }: ProtocolSpec): readonly number[] | undefined =>
  stream === undefined || (stream.at ?? 0) > 0 || (stream.fromBytes ?? 0) > 1 ? undefined : stream.values;
