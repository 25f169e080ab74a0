// What the API answers, as far as the pages read it. Owns the shapes; the documents are those of the command line with --json.
// Times are seconds since the epoch. More fields may be there.

export interface CostPart {
  readonly cost: number;
  readonly cost_formatted: string;
}

export interface Usage {
  readonly bytes_sent: number;
  readonly bytes_received: number;
  readonly total_bytes: number;
  readonly human_readable: Readonly<Record<'sent' | 'received' | 'total', string>>;
  readonly cost?: Readonly<Record<'sent' | 'received' | 'total', CostPart>>;
}

export interface Sums {
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly txPackets?: number;
  readonly rxPackets?: number;
  readonly flows?: number;
}

/** A row of apps, hosts, protocols, interfaces, countries: which names it has depends on the list. */
export interface Row extends Sums {
  readonly app?: string;
  readonly exe?: string;
  readonly user?: string;
  readonly unit?: string;
  readonly container?: string;
  readonly host?: string;
  readonly name?: string;
  readonly zone?: string;
  readonly country?: string;
  readonly network?: string;
  readonly protocol?: string;
  readonly interface?: string;
  readonly quality?: Readonly<Record<string, number>>;
}

export interface Rows extends Usage {
  readonly schema: string;
  readonly from: number;
  readonly to: number;
  readonly recorded: boolean;
  readonly recordedSeconds?: number;
  readonly periodSeconds?: number;
  readonly rows: readonly Row[];
  readonly unknown?: Sums & { readonly reasons: Readonly<Record<string, number>> };
  readonly total: Sums;
  readonly note?: string;
}

export interface TrafficStep {
  readonly from: number;
  readonly to: number;
  readonly recordedSeconds: number;
}

export interface TrafficColumns {
  readonly txBytes: readonly number[];
  readonly rxBytes: readonly number[];
  readonly txTotal: number;
  readonly rxTotal: number;
}

export interface TrafficLayer extends TrafficColumns {
  readonly name: string;
  readonly label?: string;
}

export interface Traffic {
  readonly from: number;
  readonly to: number;
  readonly stepSeconds: number;
  readonly by: string;
  readonly steps: readonly TrafficStep[];
  /** Absent where nothing divides the traffic. */
  readonly layers?: readonly TrafficLayer[];
  readonly other?: TrafficColumns;
  readonly total: TrafficColumns;
  readonly previous?: {
    readonly from: number;
    readonly to: number;
    readonly steps: readonly TrafficStep[];
    readonly total: TrafficColumns;
  };
}

export interface HeatCell {
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly recordedSeconds: number;
}

export interface HeatMapAnswer {
  /** Monday first, 24 hours each. */
  readonly weekdays: readonly (readonly HeatCell[])[];
}

export interface Today extends Usage {
  readonly from: number;
  readonly to: number;
  readonly recorded: boolean;
}

export interface Health {
  readonly status: 'ok' | 'degraded';
  readonly version: string;
  readonly device: { readonly id?: string; readonly hostname: string; readonly platform: string };
  readonly store: {
    readonly state: string;
    readonly firstTs?: number;
    readonly lastTs?: number;
    readonly fileBytes?: number;
  };
  readonly recorder: {
    readonly running: boolean;
    readonly pid?: number;
    readonly mode?: string;
    readonly fix?: string;
  };
}

export interface TickFlow extends Sums {
  readonly id: string;
  readonly transport: string;
  readonly local: { readonly ip: string; readonly port?: number };
  readonly remote: { readonly ip: string; readonly port?: number };
  readonly protocol?: string;
  readonly serverName?: string;
  readonly app?: string;
  readonly interface?: string;
}

/** One interval (CONTRACT: `kaipo live --format ndjson`). Numbers are those of the interval. */
export interface Tick {
  readonly type: 'tick';
  readonly ts: number;
  readonly intervalSeconds: number;
  readonly mode: string;
  /** The command that would show more. */
  readonly fix?: string;
  readonly appsNote?: string;
  readonly interfaces: readonly (Sums & {
    readonly name: string;
    readonly up: boolean;
    readonly counted: boolean;
    readonly captured: boolean;
    readonly class: string;
  })[];
  readonly capture: {
    readonly received: number;
    readonly delivered: number;
    readonly droppedByKernel: number;
    readonly droppedByHelper: number;
    readonly dropsKnown?: boolean;
  };
  readonly books: {
    readonly kernelBytes: number;
    readonly attributedBytes: number;
    readonly unknownBytes: number;
    readonly notCapturedBytes: number;
    readonly inFlightBytes: number;
  };
  readonly apps: readonly (Sums & { readonly app: string; readonly pid?: number; readonly user?: string })[];
  readonly protocols: readonly (Sums & { readonly name: string })[];
  readonly hosts?: readonly (Sums & {
    readonly ip: string;
    readonly name?: string;
    readonly zone?: string;
    readonly country?: string;
  })[];
  readonly flows?: readonly TickFlow[];
  readonly alerts: readonly {
    readonly ts: number;
    readonly rule: string;
    readonly severity: string;
    readonly subject: string;
    readonly summary: string;
  }[];
  readonly notices?: readonly { readonly ts: number; readonly severity: string; readonly text: string }[];
  readonly recording: { readonly state: string; readonly detail?: string };
}

export interface Live extends Usage {
  readonly ts: number;
  readonly recorder: boolean;
  readonly tick: Tick;
}
