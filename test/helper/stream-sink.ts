// A reader process of its own, so that a test can stop it with SIGSTOP. Starts the helper given in argv with the stream on
// descriptor 3, counts what it reads, and on the end of its stdin half-closes the stream. Prints one line of JSON at the end,
// and "ready PID" once the helper captures.
import { spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { StreamReader } from './stream-reader.js';

const [command, ...args] = process.argv.slice(2);
const helper = spawn(command!, args, { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
const stream = helper.stdio[3] as Duplex;
const reader = new StreamReader(stream);
let packets = 0;
let bytes = 0;
reader.onPacket = (packet) => {
  packets += 1;
  bytes += packet.original;
};
stream.on('data', () => {
  if (reader.customs.length === 1 && packets === 0 && reader.statistics.length === 0)
    process.stdout.write(`ready ${helper.pid}\n`);
});
process.stdin.resume();
process.stdin.on('end', () => stream.end());
let code: number | null | undefined;
const report = () => {
  if (code === undefined || !reader.ended) return;
  const statistics = reader.lastStatistics();
  process.stdout.write(`${JSON.stringify({ code, packets, bytes, statistics, violation: reader.violation })}\n`);
};
stream.on('close', report);
helper.on('exit', (status) => {
  code = status;
  report();
});
