// Starts launch-probe.js, as another user or through sudo where asked, and collects what it says.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { until } from './launch-recorder.js';

export const PROBE = fileURLToPath(new URL('./launch-probe.js', import.meta.url));

export interface ProbeEvent {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what the events it waits for carry
  readonly [key: string]: any;
}

export class ProbeProcess {
  readonly events: ProbeEvent[] = [];
  readonly child: ChildProcess;
  stderr = '';
  exited = false;

  constructor(command: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.child = spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'pipe'], env });
    let rest = '';
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) this.events.push(JSON.parse(line));
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.child.on('exit', () => {
      this.exited = true;
    });
  }

  async wait(event: string, nth = 1, deadlineMs = 8000): Promise<ProbeEvent> {
    const found = () => this.events.filter((entry) => entry.event === event)[nth - 1];
    const bad = () => this.exited && found() === undefined;
    await until(
      `${event} ${nth}; so far ${JSON.stringify(this.events)} ${this.stderr}`,
      () => found() !== undefined || bad(),
      deadlineMs,
    );
    if (bad()) throw new Error(`the probe ended before ${event} ${nth}: ${JSON.stringify(this.events)} ${this.stderr}`);
    return found()!;
  }

  /** Ends its stdin and waits for it. */
  async finish(): Promise<void> {
    this.child.stdin!.end();
    await until('the probe ends', () => this.exited, 8000);
  }
}
