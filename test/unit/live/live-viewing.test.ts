// What whoever looks at a run may ask for: long lists, the details of a row, over the control socket too.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { LiveViewers } from '@kaipo/cli/live/live-viewers.js';
import { attachRecorder } from '@kaipo/cli/live/recorder-control.js';
import { CONTROL_PROTOCOL, encodeFrame, viewRequest } from '@kaipo/cli/live/recorder-control-frames.js';
import { type ControlHandlers, RecorderControl } from '@kaipo/cli/live/recorder-control-server.js';
import { isLiveDetails, isLiveSnapshot } from '@kaipo/cli/live/recorder-control-snapshot.js';
import type { FlowEnded } from '@kaipo/core/api/index.js';
import { type LiveDetails, type LiveSubject, liveDetails } from '@kaipo/core/query/live-details.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { flowSubject } from '@kaipo/core/query/live-subject.js';
import type { WriterRecord } from '@kaipo/core/store/writer-lock.js';
import { fakeSnapshot } from '../../tui/fake-snapshots.js';

const SOON = { timeoutMs: 5000 };
const FLOWS = 1500;

const STATUS = {
  ...{ pid: process.pid, protocol: CONTROL_PROTOCOL, since: 0, store: '/store', pollIntervalS: 1, batchIntervalS: 30 },
  ...{
    recording: { state: 'recording' as const },
    waitingIntervals: 0,
    mergedIntervals: 0,
    lostIntervals: 0,
    lostFlows: 0,
  },
};

/** A recorder without a network. */
async function recorder(
  t: TestContext,
  isOlder = false,
): Promise<{ control: RecorderControl; publish(tick: number): void }> {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-viewing-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  let latest: LiveSnapshot | undefined;
  const viewers = new LiveViewers((subject, ended) => latest && liveDetails(subject, latest, {}, ended));
  const handlers: ControlHandlers = {
    status: () => STATUS,
    flush: async () => undefined,
    compact: async () => ({}),
    reload: async () => ({}),
    ...(isOlder ? {} : { addViewer: () => viewers.add() }),
  };
  const control = new RecorderControl(join(dir, 'r.sock'), handlers);
  await control.open();
  t.after(() => control.close());
  const publish = (tick: number): void => {
    latest = fakeSnapshot(tick, { flows: FLOWS });
    viewers.refresh([]);
    control.publish(latest);
  };
  return { control, publish };
}

const writerAt = (socket: string): WriterRecord => ({
  ...{ pid: process.pid, startTicks: '', bootId: '', sinceUs: 0, token: 'test' },
  socket,
});

test('short lists until somebody asks for long ones; details at once and with every snapshot', async (t) => {
  const { control, publish } = await recorder(t);
  const subject = flowSubject(fakeSnapshot(1).flows[3]!);
  const counts: number[] = [];
  const details: (LiveDetails | undefined)[] = [];
  let hear: () => void = () => undefined;
  const next = (): Promise<void> => new Promise((resolve) => (hear = resolve));
  let heard = next();
  const attached = await attachRecorder(
    writerAt(control.path),
    {
      onSnapshot: ({ flows }) => {
        counts.push(flows.length);
        hear();
      },
      onDetails: (known) => {
        details.push(known);
        hear();
      },
      onEnd: () => undefined,
    },
    SOON,
  );
  t.after(() => attached.detach());
  publish(1);
  await heard;
  assert.deepEqual(counts, [200]);
  heard = next();
  attached.view({ isWide: true, subject });
  await heard;
  assert.equal(details.length, 1, 'at once');
  assert.deepEqual(details[0]?.subject, subject);
  heard = next();
  publish(2);
  await heard;
  if (counts.length === 1) {
    heard = next();
    await heard;
  }
  assert.deepEqual([counts.length, counts[1], details.length], [2, FLOWS, 2]);
  assert.notDeepEqual(details[1], details[0], 'its bytes have moved');
});

test('an older recorder is asked for nothing, and goes on', async (t) => {
  const { control, publish } = await recorder(t, true);
  const seen = new Promise<number>((resolve) => {
    void attachRecorder(
      writerAt(control.path),
      { onSnapshot: ({ flows }) => resolve(flows.length), onEnd: () => resolve(-1) },
      SOON,
    ).then(({ view, status }) => {
      assert.equal(status.canView, undefined);
      view({ isWide: true, subject: { kind: 'host', key: '192.0.2.1' } });
      publish(1);
    });
  });
  assert.equal(await seen, 200);
});

test('what is no wish ends the connection; so does a wish of whoever is not attached', async (t) => {
  const { control } = await recorder(t);
  const wrong = [{}, { isWide: 1 }, { isWide: true, subject: 'x' }, { isWide: true, subject: { kind: 'x', key: 'y' } }];
  for (const fields of [...wrong, { isWide: true, subject: { kind: 'host', key: 'x'.repeat(1025) } }])
    assert.equal(viewRequest(fields), undefined, JSON.stringify(fields));
  assert.deepEqual(viewRequest({ isWide: false, subject: { kind: 'app', key: 'a', more: 1 } }), {
    isWide: false,
    subject: { kind: 'app', key: 'a' },
  });
  const socket = createConnection(control.path).on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.resume().write(encodeFrame({ request: 'view', isWide: true }));
  await closed;
});

test('a row that has ended stays as it was last; another one is another one', () => {
  let known: LiveDetails | undefined = detailsOf('flow', 'a');
  const viewers = new LiveViewers((_subject, ended) =>
    ended.length > 0 ? { ...detailsOf('flow', 'a'), endedUs: 9 } : known,
  );
  const viewer = viewers.add();
  assert.equal(viewer.watch({ kind: 'flow', key: 'a' }), known);
  known = undefined;
  viewers.refresh([]);
  assert.equal(viewer.details?.title, 'a', 'not known for a moment');
  viewers.refresh([{} as FlowEnded]);
  assert.equal(viewer.details?.endedUs, 9);
  known = detailsOf('flow', 'a');
  viewers.refresh([]);
  assert.equal(viewer.details?.endedUs, 9);
  known = undefined;
  assert.equal(viewer.watch({ kind: 'flow', key: 'b' }), undefined);
  assert.equal(viewer.watch(undefined), undefined);
});

test('long lists are made as long as one viewer wants them', () => {
  const viewers = new LiveViewers(() => undefined);
  const [one, two] = [viewers.add(), viewers.add()];
  assert.equal(viewers.bounds.flows, 200);
  two.isWide = true;
  assert.equal(viewers.bounds.flows, 10_000);
  two.close();
  one.close();
  assert.equal(viewers.bounds.flows, 200);
});

test('what a recorder tells besides is checked', () => {
  const snapshot = fakeSnapshot(2, { flows: 3 });
  const [flow] = snapshot.flows;
  const with_ = (fields: object): unknown => ({ ...snapshot, flows: [{ ...flow, ...fields }] });
  assert.ok(isLiveSnapshot(with_({ zone: 'lan', asn: 7, rttUs: 5, quality: 'event', service: 'x', pid: 3 })));
  for (const fields of [
    { zone: 1 },
    { asn: 'AS7' },
    { rttUs: '5' },
    { service: {} },
    { local: { ip: 'x', port: '1' } },
  ])
    assert.ok(!isLiveSnapshot(with_(fields)), JSON.stringify(fields));
  const host = { ...snapshot.hosts[0], device: { name: 'nas' } };
  assert.ok(isLiveSnapshot({ ...snapshot, hosts: [host] }));
  assert.ok(!isLiveSnapshot({ ...snapshot, hosts: [{ ...host, device: { name: 7 } }] }));
  const details = detailsOf('app', 'x');
  assert.ok(isLiveDetails(details));
  for (const wrong of [
    {},
    { ...details, sections: [{ title: 't', rows: [{ name: 'a' }] }] },
    { ...details, subject: 1 },
  ])
    assert.ok(!isLiveDetails(wrong));
});

function detailsOf(kind: LiveSubject['kind'], key: string): LiveDetails {
  return { subject: { kind, key }, title: key, sections: [{ title: 's', rows: [{ name: 'n', value: 'v' }] }] };
}
