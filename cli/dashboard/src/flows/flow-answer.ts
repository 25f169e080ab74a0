// What /api/flows answers, as far as the page reads it. More fields may be there: the details show whatever there is.
export interface FlowSide {
  readonly ip: string;
  readonly port?: number;
  readonly packets: number;
  readonly bytes: number;
}

export interface FlowRow {
  readonly id: string;
  readonly transport: string;
  readonly client: FlowSide;
  readonly server: FlowSide;
  readonly start: number;
  readonly end: number;
  readonly interface?: string;
  readonly localSide?: 'client' | 'server';
  readonly protocol?: string;
  readonly protocolFrom?: string;
  readonly application?: string;
  readonly serverName?: string;
  readonly serverNameFrom?: string;
  readonly owner?: {
    readonly app: string;
    readonly quality: string;
    readonly pid?: number;
    readonly exe?: string;
    readonly user?: string;
    readonly unit?: string;
    readonly container?: string;
  };
  readonly [field: string]: unknown;
}

export interface FlowsAnswer {
  readonly recorded: boolean;
  readonly rows: readonly FlowRow[];
  /** Of all pages. */
  readonly flows: number;
  readonly more?: boolean;
}

/** `192.0.2.1:443`, `[2001:db8::1]:443`. */
export function endpointText({ ip, port }: Pick<FlowSide, 'ip' | 'port'>, name = ip): string {
  if (port === undefined) return name;
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`;
}
