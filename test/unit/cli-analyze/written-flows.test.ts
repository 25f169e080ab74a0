// Lines of flows, whichever thread writes what columns say of them: the same bytes, also where there is no room for what is written.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { writeFlow } from '@kaipo/cli/analysis/flow-line.js';
import type { CaptureRun } from '@kaipo/core/engine/capture-run/capture-run.js';
import { InlineRun } from '@kaipo/core/engine/capture-run/inline-run.js';
import { PipedRun, startIntake } from '@kaipo/core/engine/capture-run/piped-run.js';
import type { FlowAnalysisOptions } from '@kaipo/core/engine/flow-analysis.js';
import { ByteText } from '@kaipo/core/kernel/byte-text.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { wholeFile } from '../../fixtures/conversation-mix.js';
import { ethernetIp } from '../../fixtures/link-layers.js';
import { START_NS, timed } from '../../fixtures/packet-list.js';
import { udp } from '../../fixtures/transport-layers.js';

const CASES = join(import.meta.dirname, '../../../../pcaps');
const folder = mkdtempSync(join(tmpdir(), 'kaipo-written-'));
after(() => rmSync(folder, { recursive: true }));

interface Lines {
  readonly text: string;
  /** Flows whose columns the other thread had written. */
  readonly written: number;
}

type MakeRun = (options: FlowAnalysisOptions & { readonly maxFlows: number }) => CaptureRun;

const inlineRun: MakeRun = (options) => new InlineRun(options);
const pipedRun: MakeRun = (options) =>
  new PipedRun({ ...options, intake: startIntake(options.maxFlows, { writesFlows: true }) });

async function lines(make: MakeRun, files: readonly string[], maxFlows: number): Promise<Lines> {
  const parts: Buffer[] = [];
  const out = new ByteText((bytes) => parts.push(Buffer.from(bytes)));
  let written = 0;
  const run = make({
    plugins: builtinPlugins,
    maxFlows,
    onFlowEnded: () => {
      const { ended } = run.analysis;
      if (ended.written !== undefined) written += 1;
      writeFlow(out, ended, true);
      out.text('\n');
    },
  });
  try {
    for (const file of files) await run.read(file, {});
    await run.finish();
  } finally {
    await run.close();
  }
  out.flush();
  return { text: Buffer.concat(parts).toString(), written };
}

/** Flows of one packet each; after an hour of silence those of `first` end all at once. */
function silentCapture(first: number, second: number): string {
  const frame = (i: number): Uint8Array =>
    ethernetIp(
      udp(
        { ip: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, port: 2000 },
        { ip: '10.200.0.1', port: 9 },
        Uint8Array.of(1),
      ),
    );
  const frames = Array.from({ length: first + second }, (_, i) => frame(i));
  const path = join(folder, 'silent.pcap');
  const later = timed(frames.slice(first), 1, START_NS + 3_600_000_000_000n);
  writeFileSync(path, wholeFile([...timed(frames.slice(0, first), 1), ...later]));
  return path;
}

describe('lines of flows', () => {
  it('are the same from one thread and from two', async () => {
    const files = readdirSync(CASES)
      .sort()
      .map((name) => join(CASES, name, 'input.pcap'));
    const inline = await lines(inlineRun, files, 10_000);
    const piped = await lines(pipedRun, files, 10_000);
    assert.equal(inline.written, 0);
    assert.equal(piped.written, piped.text.split('\n').length - 1);
    assert.equal(piped.text, inline.text);
  });

  it('are the same where more flows end at once than are written ahead', async () => {
    const files = [silentCapture(50_000, 5000)];
    const inline = await lines(inlineRun, files, 100_000);
    const piped = await lines(pipedRun, files, 100_000);
    assert.ok(piped.written > 10_000 && piped.written < 50_000, `${piped.written} written`);
    assert.equal(piped.text, inline.text);
  });
});
