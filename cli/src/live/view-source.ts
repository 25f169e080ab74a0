// What a LiveView asks of an engine. Owns: the wiring, the same for live capture and for files; `outside` is what only a machine knows.
import type { Place } from '@kaipo/core/api/classifier.js';
import type { DeviceBook } from '@kaipo/core/engine/device-book.js';
import type { Engine } from '@kaipo/core/engine/engine.js';
import { REFUSED } from '@kaipo/core/engine/stray-frames.js';
import { transportLabel, transportName } from '@kaipo/core/flow/flow-text.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import type { LiveDevice } from '@kaipo/core/query/live-snapshot.js';
import type { LiveViewSource } from '@kaipo/core/query/live-view.js';
import { TrafficZones } from '@kaipo/core/query/traffic-zone.js';
import { etherTypeName } from '@kaipo/core/wire/ether-names.js';
import { TYPE_IPV4, TYPE_IPV6 } from '@kaipo/core/wire/ethertypes.js';

type Outside = Pick<LiveViewSource, 'interfaceName' | 'addresses' | 'findOwner' | 'isRunning'>;

/** Of a file nothing is local and nobody owns anything. */
function fileOutside(): Outside {
  return {
    interfaceName: () => undefined,
    addresses: new TrafficZones(),
    findOwner: ({ localPort }) => (localPort === undefined ? 'no-ports' : 'no-socket'),
  };
}

export function viewSource(engine: Engine, outside: Outside = fileOutside()): LiveViewSource {
  const { flows, notebook, names } = engine;
  const safePlaces = new SafePlaces();
  return {
    flows,
    protocolName: (id) => notebook.protocolName(id),
    serverName: (flow) => notebook.textsOf(flow)?.serverName,
    setOwner: (flow, owner) => notebook.setOwner(flow, owner),
    nameOf: (ip) => names.nameOf(ip),
    placeOf: (ip) => safePlaces.of(engine.host.placeOf(ip)),
    deviceOf: (ip) => deviceOf(engine.devices, ip),
    classOf: (flow) => engine.analysis.liveClassOf(flow),
    recordOf: (flow) => engine.analysis.recordOf(flow),
    health: engine.health.columns,
    takeStrays: (visit) =>
      engine.tally.strays.take((interfaceId, code, isSent, packets, bytes) => {
        const isRefused = code >= REFUSED;
        const protocol = isRefused ? transportLabel(transportName(code - REFUSED)) : etherTypeName(code);
        // Without an IP header a frame stays on its link. Where a damaged or a refused one went is not known.
        const isOnLink = !isRefused && code !== TYPE_IPV4 && code !== TYPE_IPV6;
        visit(interfaceId, protocol, isOnLink ? 'lan' : undefined, isSent, packets, bytes);
      }),
    ...outside,
  };
}

/** Of the same place the same value, made safe once. */
class SafePlaces {
  readonly #made = new WeakMap<Place, Place>();

  of(place: Place | undefined): Place | undefined {
    if (place === undefined) return undefined;
    const known = this.#made.get(place);
    if (known !== undefined) return known;
    const { asn, network, country } = place;
    const made: Place = {
      ...(asn === undefined ? {} : { asn }),
      ...(network === undefined ? {} : { network: safeText(network) }),
      ...(country === undefined ? {} : { country: safeText(country) }),
    };
    this.#made.set(place, made);
    return made;
  }
}

function deviceOf(book: DeviceBook, ip: string): LiveDevice | undefined {
  const device = book.deviceOf(ip);
  if (device === undefined) return undefined;
  const { name, vendor, mac } = device;
  if (name === undefined && vendor === undefined && mac === undefined) return undefined;
  return {
    ...(name === undefined ? {} : { name }),
    ...(vendor === undefined ? {} : { vendor }),
    ...(mac === undefined ? {} : { mac }),
  };
}
