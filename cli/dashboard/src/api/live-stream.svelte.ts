// The intervals as they end: by WebSocket, or asked for every few seconds where none comes through. Owns: the connection, trying again,
// and the last minutes of speed. Must not know what is drawn. Runs while somebody uses it. Bound: KEPT intervals as
// sums, RECENT as they came.
import { untrack } from 'svelte';
import { addressOf } from '../logic/address.js';
import { backOffSeconds } from '../logic/back-off.js';
import type { LivePoint } from '../logic/live-sums.js';
import { session } from '../state/session.svelte.js';
import type { Live, Tick } from './answers.js';
import { apiUrl, getJson, type Problem, problemOf } from './request.js';

export type Connection = 'idle' | 'connecting' | 'open' | 'polling' | 'lost';

const KEPT = 900;
const RECENT = 5;
/** So many WebSockets that never opened: something between refuses them. They are still tried, but less often. */
const POLL_AFTER = 2;
const POLL_S = 2;

class LiveStream {
  connection = $state<Connection>('idle');
  tick = $state.raw<Tick>();
  /** Oldest first. */
  points = $state.raw<readonly LivePoint[]>([]);
  /** The last few, the latest at the end. */
  recent = $state.raw<readonly Tick[]>([]);
  /** Intervals that were left out because this page was slow, since it was opened. */
  skipped = $state(0);
  problem = $state.raw<Problem>();
  /** When it is tried again, milliseconds since the epoch. */
  retryMs = $state<number>();
  #users = 0;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #poll: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  #hasOpened = false;

  /** Runs until what it returns is called: `$effect(() => liveStream.use())`. */
  use(): () => void {
    this.#users += 1;
    // What connecting looks at is no reason to connect again.
    if (this.#users === 1) untrack(() => this.#connect());
    return () => {
      this.#users -= 1;
      if (this.#users === 0) this.#stop();
    };
  }

  /** At once, not when it is due. */
  retry(): void {
    if (this.#users === 0) return;
    this.#stop();
    this.#tries = 0;
    this.#connect();
  }

  #connect(): void {
    if (this.connection !== 'polling') this.connection = this.#tries === 0 ? 'connecting' : 'lost';
    this.retryMs = undefined;
    const url = apiUrl('stream');
    url.protocol = url.protocol.replace('http', 'ws');
    let socket: WebSocket;
    try {
      socket = new WebSocket(url, session.subprotocols());
    } catch {
      // A token with signs no subprotocol has: it is asked for by the first question that is answered 401.
      this.#lost();
      return;
    }
    this.#socket = socket;
    socket.onopen = () => {
      this.#tries = 0;
      this.#hasOpened = true;
      this.#stopPolling();
      this.connection = 'open';
      this.problem = undefined;
    };
    socket.onmessage = ({ data }) => this.#read(String(data));
    socket.onclose = () => {
      if (this.#socket === socket) this.#lost();
    };
  }

  #read(text: string): void {
    let message: Tick | { readonly type: 'lag'; readonly skipped: number };
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (message.type === 'lag') this.skipped += message.skipped;
    else if (message.type === 'tick') this.#take(message);
  }

  #take(tick: Tick): void {
    if (this.tick !== undefined && tick.ts <= this.tick.ts) return;
    this.tick = tick;
    const counted = tick.interfaces.filter((link) => link.counted);
    const sumOf = (of: 'rxBytes' | 'txBytes'): number => counted.reduce((sum, link) => sum + link[of], 0);
    const point = { ts: tick.ts, seconds: tick.intervalSeconds, rxBytes: sumOf('rxBytes'), txBytes: sumOf('txBytes') };
    this.points = [...this.points.slice(1 - KEPT), point];
    this.recent = [...this.recent.slice(1 - RECENT), tick];
  }

  #lost(): void {
    this.#socket = undefined;
    if (this.#users === 0) return;
    this.#tries += 1;
    if (!this.#hasOpened && this.#tries >= POLL_AFTER) this.#startPolling();
    else if (this.connection !== 'polling') this.connection = 'lost';
    const waitMs = backOffSeconds(this.#tries, Math.random()) * 1000;
    this.retryMs = Date.now() + waitMs;
    this.#timer = setTimeout(() => this.#connect(), waitMs);
  }

  #startPolling(): void {
    if (this.#poll !== undefined) return;
    const ask = async (): Promise<void> => {
      try {
        const live = await getJson<Live>(addressOf('live'));
        if (this.#poll === undefined) return;
        this.#take(live.tick);
        this.connection = 'polling';
        this.problem = undefined;
      } catch (error) {
        if (this.#poll === undefined) return;
        this.connection = 'lost';
        this.problem = problemOf(error);
      }
      this.#poll = setTimeout(ask, POLL_S * 1000);
    };
    this.#poll = setTimeout(ask, 0);
  }

  #stopPolling(): void {
    clearTimeout(this.#poll);
    this.#poll = undefined;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#stopPolling();
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.connection = 'idle';
  }
}

export const liveStream = new LiveStream();
