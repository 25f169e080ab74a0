// What is known about one interface of a capture file or stream.

export interface CaptureInterface {
  /** LINKTYPE_ number. */
  readonly linkType: number;
  /** 0: no limit stated. */
  readonly snaplen: number;
  /** Raw text as the file says it: hostile until it went through safeText. */
  readonly name: string | undefined;
  /** Six bytes, or undefined. */
  readonly mac: Uint8Array | undefined;
  readonly filter: string | undefined;
}

/** Numbers of an Interface Statistics Block; undefined where the block does not say. Cumulative. */
export interface InterfaceStatistics {
  readonly interfaceId: number;
  readonly received: number | undefined;
  readonly droppedByInterface: number | undefined;
  readonly droppedByOs: number | undefined;
  readonly delivered: number | undefined;
}
