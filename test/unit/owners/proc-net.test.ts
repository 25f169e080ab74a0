import assert from 'node:assert/strict';
import test from 'node:test';
import { parseProcNet } from '@kaipo/core/owners/proc-net.js';
import { SocketTable } from '@kaipo/core/owners/socket-table.js';

const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
const options = { skip: littleEndian ? false : 'the sample was taken on a little-endian machine' };

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1001 1 0000000000000000 100 0 0 10 0
   1: 0200000A:C350 2280D85D:01BB 01 00000000:00000000 02:00000000 00000000  1000        0 1002 2 0000000000000000 20 4 30 10 -1
   2: 0200000A:C351 2280D85D:01BB 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0000000000000000
   3: garbage
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:1F90 00000000000000000000000001000000:D431 01 00000000:00000000 00:00000000 00000000     0        0 1003 1
   1: 0000000000000000FFFF00000200000A:0050 0000000000000000FFFF00002280D85D:9C40 01 00000000:00000000 00:00000000 00000000     0        0 1004 1
`;

test('rows of /proc/net/tcp and tcp6', options, () => {
  const rows = [...parseProcNet(TCP, 'tcp', 10), ...parseProcNet(TCP6, 'tcp', 10)].map(
    (row) => `${row.inode} ${row.localIp} ${row.localPort} ${row.remoteIp} ${row.remotePort} ${row.listening}`,
  );
  assert.deepEqual(rows, [
    '1001 * 22 * 0 true',
    '1002 10.0.0.2 50000 93.216.128.34 443 false',
    '1003 ::1 8080 ::1 54321 false',
    '1004 10.0.0.2 80 93.216.128.34 40000 false',
  ]);
  assert.equal(parseProcNet(TCP, 'tcp', 1).length, 1);
});

test('lookup: the five-tuple, then address and port, then the port', () => {
  const table = new SocketTable<string>();
  const row = {
    transport: 'tcp',
    localIp: '10.0.0.2',
    localPort: 80,
    remoteIp: '*',
    remotePort: 0,
    listening: true,
  } as const;
  table.add({ ...row, localIp: '*' }, 'any');
  table.add(row, 'bound');
  table.add({ ...row, remoteIp: '10.0.0.9', remotePort: 5000, listening: false }, 'connected');
  table.add({ ...row, transport: 'udp', localIp: '*', localPort: 53, listening: false }, 'resolver');
  const find = (...args: Parameters<typeof table.find>): string => {
    const match = table.find(...args);
    return match === undefined ? 'nobody' : `${match.owner} ${match.quality}`;
  };
  assert.equal(find('tcp', '10.0.0.2', 80, '10.0.0.9', 5000), 'connected proc-snapshot');
  assert.equal(find('tcp', '10.0.0.2', 80, '10.0.0.9', 5001), 'bound listener');
  assert.equal(find('tcp', '10.0.0.3', 80, '10.0.0.9', 5000), 'any listener');
  assert.equal(find('udp', '10.0.0.2', 53, '10.0.0.9', 5000), 'resolver proc-snapshot');
  assert.equal(find('udp', '10.0.0.2', 80, '10.0.0.9', 5000), 'nobody');
});

test('a full table refuses and counts', () => {
  const table = new SocketTable<number>();
  for (let i = 0; i < 65_540; i++) {
    table.add(
      {
        transport: 'udp',
        localIp: `10.0.${i >> 8}.${i & 255}`,
        localPort: 1,
        remoteIp: '*',
        remotePort: 0,
        listening: false,
      },
      i,
    );
  }
  assert.equal(table.size, 65_536);
  assert.equal(table.refused, 4);
});
