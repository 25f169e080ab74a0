// kaipo-sockets as anybody starts it: a stream from the first byte, a last snapshot at the end, and a clear word when it cannot be run.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { findSocketProgram, SocketProgram } from '@kaipo/capture-helper/launch/socket-program.js';
import { SocketLedger } from '@kaipo/core/owners/diag/socket-ledger.js';
import { SocketStream } from '@kaipo/core/owners/diag/socket-stream.js';

const found = findSocketProgram();
const skip = 'why' in found ? found.why : false;

/** A program alone keeps nobody awake. */
function stayAwake(t: TestContext): void {
  const timer = setInterval(() => {}, 1000);
  t.after(() => clearInterval(timer));
}

/** Resolves with why it failed. */
function failure(t: TestContext, path: string): Promise<string> {
  return new Promise((resolve) => {
    const program = new SocketProgram(path, { onStart: () => {}, onBytes: () => {}, onFailure: resolve });
    t.after(() => program.stop());
  });
}

test('a connection of this process is told to the byte, the last bytes by the last snapshot', { skip }, async (t) => {
  assert.ok('path' in found);
  stayAwake(t);
  const ledger = new SocketLedger();
  const stream = new SocketStream(ledger);
  let told = (): void => {};
  const program = new SocketProgram(found.path, {
    onStart: () => {},
    onBytes: (bytes) => {
      stream.push(bytes);
      told();
    },
    onFailure: (why) => assert.fail(why),
  });
  t.after(() => program.stop());
  while (ledger.snapshots === 0)
    await new Promise<void>((resolve) => {
      told = resolve;
    });
  const server = createServer((socket) => socket.resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  t.after(() => {
    client.destroy();
    server.close();
  });
  const [peer] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);
  const arrived = new Promise<void>((resolve) => {
    let bytes = 0;
    peer[0].on('data', (data: Buffer) => {
      bytes += data.length;
      if (bytes === 54_321) resolve();
    });
  });
  client.write(Buffer.alloc(54_321));
  await arrived;
  await program.stop();
  assert.equal(stream.failure, undefined);
  const moved = ledger.take().filter(({ socket }) => socket.remotePort === port || socket.localPort === port);
  assert.deepEqual(
    moved.map(({ txBytes, rxBytes }) => [txBytes, rxBytes]).sort(([a = 0], [b = 0]) => a - b),
    [
      [0, 54_321],
      [54_321, 0],
    ],
  );
  assert.equal(program.pid, undefined);
});

test('one that is refused says why, once; one that is not there too', async (t) => {
  stayAwake(t);
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-program-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'refused');
  writeFileSync(path, '#!/bin/sh\necho "kaipo-sockets: sock_diag: Permission denied" >&2\nexit 77\n');
  chmodSync(path, 0o755);
  assert.equal(await failure(t, path), 'sock_diag: Permission denied');
  assert.ok('why' in findSocketProgram(join(folder, 'nothing')));
});
