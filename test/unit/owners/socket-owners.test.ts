import assert from 'node:assert/strict';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import test, { type TestContext } from 'node:test';
import { PortableOwners } from '@kaipo/core/owners/portable-owners.js';
import { ProcOwners } from '@kaipo/core/owners/proc-owners.js';
import { ProcProcesses } from '@kaipo/core/owners/proc-processes.js';
import { ProcessList } from '@kaipo/core/owners/process-list.js';

const linux = { skip: process.platform === 'linux' ? false : 'needs /proc' };
const OWN_APP = basename(process.execPath);

interface Connection {
  readonly ip: string;
  readonly clientPort: number;
  readonly serverPort: number;
}

/** A real connection of this process with itself. */
async function tcpConnection(t: TestContext, ip: string): Promise<Connection> {
  const server = createServer();
  server.listen(0, ip);
  await once(server, 'listening');
  const serverPort = (server.address() as AddressInfo).port;
  const accepted = once(server, 'connection');
  const client = connect(serverPort, ip);
  const [[peer]] = await Promise.all([accepted, once(client, 'connect')]);
  t.after(() => {
    client.destroy();
    peer.destroy();
    server.close();
  });
  return { ip, clientPort: client.localPort!, serverPort };
}

async function udpSocket(t: TestContext, ip: string): Promise<UdpSocket> {
  const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
  socket.bind(0, ip);
  await once(socket, 'listening');
  t.after(() => socket.close());
  return socket;
}

/** The kernel's list is read in pieces and may leave a socket out while many others come and go: it is read again then. */
function lookedUp<Found>(owners: ProcOwners, lookup: () => Found | undefined): Found | undefined {
  for (let tries = 1; ; tries++) {
    owners.refresh((tries - 1) * 60e6);
    const found = lookup();
    if (found !== undefined || tries === 5) return found;
  }
}

test('a TCP connection of this process is its own, at both ends, over IPv4 and IPv6', linux, async (t) => {
  for (const ip of ['127.0.0.1', '::1']) {
    const { clientPort, serverPort } = await tcpConnection(t, ip);
    const owners = new ProcOwners();
    const owner = lookedUp(owners, () => owners.lookup('tcp', ip, clientPort, ip, serverPort));
    assert.equal(owner?.pid, process.pid);
    assert.equal(owner?.app, basename(process.argv[1]!));
    assert.equal(owner?.exe, process.execPath);
    assert.equal(owner?.user, userInfo().username);
    assert.equal(owner?.quality, 'proc-snapshot');
    assert.equal(owners.lookup('tcp', ip, serverPort, ip, clientPort)?.quality, 'proc-snapshot');
    // A connection that was accepted since: the listener speaks.
    const later = owners.lookup('tcp', ip, serverPort, ip, 1);
    assert.deepEqual([later?.pid, later?.quality], [process.pid, 'listener']);
  }
});

test('UDP: a connected socket by its five-tuple, a bound one by its port', linux, async (t) => {
  for (const [bindTo, ip] of [
    ['127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['::1', '::1'],
    ['::', '127.0.0.1'],
  ] as const) {
    const server = await udpSocket(t, bindTo);
    const port = server.address().port;
    const client = await udpSocket(t, ip);
    client.connect(port, ip);
    await once(client, 'connect');
    const owners = new ProcOwners();
    owners.refresh(0);
    const bound = owners.lookup('udp', ip, port, '192.0.2.1', 9999);
    assert.deepEqual([bound?.pid, bound?.quality], [process.pid, 'proc-snapshot'], bindTo);
    const connected = owners.lookup('udp', ip, client.address().port, ip, port);
    assert.deepEqual([connected?.pid, connected?.quality], [process.pid, 'proc-snapshot'], bindTo);
  }
});

test('an IPv4 connection to a server that listens on IPv6 is found under its IPv4 addresses', linux, async (t) => {
  const server = createServer().listen(0, '::');
  await once(server, 'listening');
  const port = (server.address() as AddressInfo).port;
  const accepted = once(server, 'connection');
  const client = connect(port, '127.0.0.1');
  const [[peer]] = await Promise.all([accepted, once(client, 'connect')]);
  t.after(() => {
    client.destroy();
    peer.destroy();
    server.close();
  });
  const owners = new ProcOwners();
  owners.refresh(0);
  const owner = owners.lookup('tcp', '127.0.0.1', port, '127.0.0.1', client.localPort!);
  assert.deepEqual([owner?.pid, owner?.quality], [process.pid, 'proc-snapshot']);
});

test('the tables are read at most once a second, and what nobody owns has no owner', linux, () => {
  const owners = new ProcOwners();
  owners.refresh(1_000_000);
  owners.refresh(1_500_000);
  assert.equal(owners.counters.refreshes, 1);
  owners.refresh(1_000_000 + Math.max(1_000_000, owners.counters.lastMs * 20_000) + 1);
  assert.equal(owners.counters.refreshes, 2);
  assert.ok(owners.counters.lastMs > 0 && owners.counters.maxMs >= owners.counters.lastMs);
  assert.equal(owners.lookup('tcp', '192.0.2.1', 1, '192.0.2.2', 2), undefined);
});

test('a socket that closed is forgotten at the next reading', linux, async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const port = (server.address() as AddressInfo).port;
  const owners = new ProcOwners();
  owners.refresh(0);
  assert.equal(owners.lookup('tcp', '127.0.0.1', port, '127.0.0.1', 1)?.pid, process.pid);
  server.close();
  await once(server, 'close');
  owners.refresh(60_000_000);
  assert.equal(owners.lookup('tcp', '127.0.0.1', port, '127.0.0.1', 1), undefined);
});

test('both ends of five hundred connections are found by the first reading', linux, async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  const sockets: Socket[] = [];
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.on('connection', (socket) => sockets.push(socket));
  await once(server, 'listening');
  const port = (server.address() as AddressInfo).port;
  const clients: Socket[] = [];
  while (clients.length < 500) {
    const client = connect(port, '127.0.0.1');
    sockets.push(client);
    clients.push(client);
    await once(client, 'connect');
  }
  const owners = new ProcOwners();
  owners.refresh(0);
  for (const client of clients) {
    assert.equal(owners.lookup('tcp', '127.0.0.1', client.localPort!, '127.0.0.1', port)?.pid, process.pid);
    assert.equal(owners.lookup('tcp', '127.0.0.1', port, '127.0.0.1', client.localPort!)?.pid, process.pid);
  }
});

test('a root without /proc has no sockets and does not throw', () => {
  const owners = new ProcOwners('/nonexistent');
  owners.refresh(0);
  assert.equal(owners.counters.sockets, 0);
  assert.equal(new ProcProcesses('/nonexistent').identityOf(1), undefined);
});

test('the process list knows this process by name', async () => {
  const list = new ProcessList();
  assert.equal(list.identityOf(process.pid), undefined);
  await list.refresh();
  const identity = list.identityOf(process.pid);
  assert.equal(identity?.app, OWN_APP);
  assert.equal(identity?.user, userInfo().username);
  assert.ok(!JSON.stringify(identity).includes(process.argv[1]!), 'the command line is not kept');
});

test('without /proc: systeminformation and ps-list find the same owner', linux, async (t) => {
  const { ip, clientPort, serverPort } = await tcpConnection(t, '127.0.0.1');
  const owners = new PortableOwners();
  owners.refresh(0);
  await owners.settled();
  assert.equal(owners.counters.refreshes, 1);
  const owner = owners.lookup('tcp', ip, clientPort, ip, serverPort);
  assert.deepEqual([owner?.pid, owner?.app, owner?.quality], [process.pid, OWN_APP, 'proc-snapshot']);
});
