// `npm run soak:peers [NAME...] [--keep FOLDER] [--verbose]`: servers and clients that people run, on their port and on another,
// and what kaipo says of them. Needs root, tcpdump, and whatever of the servers is installed; the rest is skipped and said.
// Exit 1 when a name by payload is wrong or missing.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_PEERS } from './peers/all-peers.js';
import { judge } from './peers/judge.js';
import { missingPrograms, runPeer } from './peers/run-peer.js';

const args = process.argv.slice(2);
const keepAt = args.indexOf('--keep');
const keep = keepAt < 0 ? undefined : args.splice(keepAt, 2)[1];
const verboseAt = args.indexOf('--verbose');
if (verboseAt >= 0) args.splice(verboseAt, 1);
if (keep !== undefined) mkdirSync(keep, { recursive: true });
const say = (text: string): unknown => process.stdout.write(`${text}\n`);

const TOOLS = ['tcpdump', 'unshare', 'ip', 'ss', 'ethtool', 'setpriv'];
const withoutTools = missingPrograms(TOOLS);
if (process.getuid?.() !== 0 || withoutTools.length > 0) {
  process.stderr.write(
    `soak:peers needs root and ${TOOLS.join(', ')}; missing: ${withoutTools.join(', ') || 'root'}\n`,
  );
  process.exit(1);
}
let faults = 0;
let rounds = 0;
const skipped: string[] = [];
for (const peer of ALL_PEERS) {
  if (args.length > 0 && !args.some((name) => peer.name.includes(name))) continue;
  const missing = missingPrograms(peer.needs);
  if (missing.length > 0) {
    skipped.push(`${peer.name}: ${missing.join(', ')} not installed`);
    continue;
  }
  for (const port of peer.ports) {
    const pcap = keep === undefined ? undefined : join(keep, `${peer.name}-${port}.pcap`);
    const { flows, log } = await runPeer(peer, port, pcap);
    rounds += 1;
    let faultsHere = 0;
    for (const finding of judge(peer, port, flows)) {
      const sentence = finding.fault === undefined ? 'ok   ' : 'FAULT';
      if (finding.fault !== undefined) faultsHere += 1;
      say(
        [
          sentence,
          finding.peer,
          finding.expected,
          finding.said,
          finding.application,
          finding.details,
          finding.fault ?? '',
        ]
          .filter((part) => part !== '')
          .join(' | '),
      );
    }
    faults += faultsHere;
    if (verboseAt >= 0 || faultsHere > 0) say(log.trimEnd().slice(-500).replace(/^/gm, '      '));
  }
}
for (const line of skipped) say(`skipped: ${line}`);
say(`${rounds} rounds, ${faults} faults, ${skipped.length} skipped`);
process.exitCode = faults > 0 ? 1 : 0;
