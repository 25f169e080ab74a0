// Runs one peer on one port: namespaces, capture, the script, then the real program over the capture. Owns: the processes it
// starts (all end with their process namespace) and the folder. Bound: TIME_LIMIT_S a round.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runKaipo } from '../../fixtures/run-kaipo.js';
import { type Peer, SHELL_WORDS } from './peer.js';

const TIME_LIMIT_S = 75;
const PROGRAM_FOLDERS = [
  '/usr/bin',
  '/usr/sbin',
  '/bin',
  '/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/lib/postgresql/15/bin',
];

/** A flow record as `analyze --format ndjson` prints it. */
export interface PrintedFlow {
  readonly transport: string;
  readonly client: { readonly ip: string; readonly port?: number; readonly packets: number; readonly bytes: number };
  readonly server: { readonly port?: number; readonly packets: number; readonly bytes: number };
  readonly protocol?: string;
  readonly protocolFrom?: string;
  readonly application?: string;
  readonly health?: Readonly<Record<string, number>>;
  readonly [field: string]: unknown;
}

export interface PeerRun {
  readonly flows: readonly PrintedFlow[];
  /** What the script wrote, for when something is missing. */
  readonly log: string;
  readonly pcap: string;
}

/** Programs of `needs` that are not installed; a path is looked up as it is. */
export function missingPrograms(needs: readonly string[]): readonly string[] {
  return needs.filter((name) =>
    name.startsWith('/') ? !existsSync(name) : !PROGRAM_FOLDERS.some((folder) => existsSync(join(folder, name))),
  );
}

const around = (peer: Peer): string => `
ip link set lo mtu 1500 up
ip route add 224.0.0.0/4 dev lo 2>/dev/null
ethtool -K lo tso off gso off gro off >/dev/null 2>&1
hostname peer.test
printf '127.0.0.1 localhost peer.test peer\\n' >hosts; mount --bind hosts /etc/hosts
${SHELL_WORDS}
${peer.before ?? ''}
tcpdump --immediate-mode -B 8192 -i ${peer.captureOn ?? 'lo'} -s 0 -U -w "$PCAP" 'not icmp6' 2>tcpdump.log &
capture=$!
for i in $(seq 100); do grep -q 'listening on' tcpdump.log && break; sleep 0.05; done
(
${peer.script}
) </dev/null
sleep 0.4
kill -INT $capture
wait $capture
`;

/** `keep`: the capture is left at this path. The caller checks `needs` first. */
export async function runPeer(peer: Peer, port: number, keep?: string): Promise<PeerRun> {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-peer-'));
  const pcap = keep ?? join(folder, 'capture.pcap');
  try {
    const script = join(folder, 'script.sh');
    writeFileSync(script, around(peer), { mode: 0o755 });
    chmodSync(folder, 0o755);
    const log = await inNamespaces(script, folder, { PORT: String(port), PCAP: pcap });
    if (!existsSync(pcap)) return { flows: [], log: `${log}\nno capture`, pcap };
    const { stdout, stderr } = await runKaipo(['analyze', pcap, '--format', 'ndjson']);
    const flows: PrintedFlow[] = [];
    for (const line of stdout.split('\n')) {
      if (line.startsWith('{"type":"flow"')) flows.push(JSON.parse(line) as PrintedFlow);
    }
    return { flows, log: `${log}${stderr}`, pcap };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Network, mounts, processes, host name and shared memory of its own; all of it ends when the first process does. */
function inNamespaces(script: string, folder: string, env: Readonly<Record<string, string>>): Promise<string> {
  const log = join(folder, 'script.log');
  const own = 'unshare --net --mount --uts --ipc --pid --fork --kill-child --mount-proc';
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', `exec timeout -k 2 ${TIME_LIMIT_S} ${own} bash ${script} >${log} 2>&1`], {
      cwd: folder,
      env: { ...env, PATH: process.env['PATH'] ?? '' },
      stdio: 'ignore',
    });
    child.on('error', reject);
    child.on('close', () => resolve(existsSync(log) ? readFileSync(log, 'utf8') : ''));
  });
}
