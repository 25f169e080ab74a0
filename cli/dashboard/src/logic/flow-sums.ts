// Flows summed by something they have: the hosts of an application, the applications of a host. Owns which side is ours. Pure.
// Bound: a row a key of the flows it is given.

export interface SummedFlow {
  readonly client: { readonly ip: string; readonly bytes: number };
  readonly server: { readonly ip: string; readonly bytes: number };
  readonly localSide?: 'client' | 'server';
}

export interface FlowSumRow {
  readonly key: string;
  readonly label: string;
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly flows: number;
}

/** The other end; of a flow that nobody knows the sides of, the server. */
export const remoteOf = <Flow extends SummedFlow>({ client, server, localSide }: Flow): Flow['server'] =>
  localSide === 'server' ? client : server;

/**
 * Largest first. What has no key is left out.
 * @param named the key of a flow and how it is shown; the label of the largest flow holds
 */
export function flowSums<Flow extends SummedFlow>(
  flows: readonly Flow[],
  named: (flow: Flow) => { readonly key: string; readonly label?: string | undefined } | undefined,
): FlowSumRow[] {
  const sums = new Map<string, { label: string; txBytes: number; rxBytes: number; flows: number }>();
  for (const flow of flows) {
    const name = named(flow);
    if (name === undefined) continue;
    const sum = sums.get(name.key) ?? { label: name.label ?? name.key, txBytes: 0, rxBytes: 0, flows: 0 };
    sums.set(name.key, sum);
    if (sum.label === name.key && name.label !== undefined) sum.label = name.label;
    const remote = remoteOf(flow);
    sum.rxBytes += remote.bytes;
    sum.txBytes += (remote === flow.client ? flow.server : flow.client).bytes;
    sum.flows += 1;
  }
  return [...sums]
    .map(([key, sum]) => ({ key, ...sum }))
    .sort((left, right) => right.txBytes + right.rxBytes - left.txBytes - left.rxBytes);
}

/** `of the 1,000 largest of 4,321 flows that ended`. */
export function flowsToldOf(shown: number, count: number): string {
  if (count <= shown) return `of ${shown.toLocaleString('en')} ${shown === 1 ? 'flow' : 'flows'} that ended`;
  return `of the ${shown.toLocaleString('en')} largest of ${count.toLocaleString('en')} flows that ended`;
}
