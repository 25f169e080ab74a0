// What is now: GET /api/live, the last interval, and GET /api/health, whether all is well. Owns their fields. Health never waits for
// anybody; live waits for the first interval when nobody has asked for a while. Bound: FIRST_WAIT_MS.
import { hostname } from 'node:os';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import type { StoreInfo } from '@kaipo/core/store/store.js';
import type { FastifyInstance } from 'fastify';
import { deviceOf } from '../../export/device.js';
import { healthProblem } from '../../live/recorder-health.js';
import type { LivePicture } from '../live-picture.js';
import { HttpError } from '../problem.js';
import type { StoreState } from '../store-watch.js';
import { sizeText, type UsageBytes, usageShape } from '../usage-shape.js';
import type { WebContext } from '../web-context.js';

const FIRST_WAIT_MS = 3000;
const START_RECORDER = 'kaipo daemon';

export function addLiveRoutes(app: FastifyInstance, context: WebContext): void {
  // Opening the store takes longer than an answer may: the first who asks finds it open.
  app.addHook('onListen', async () => {
    context.watch.state();
  });
  app.get(
    '/api/live',
    {
      schema: { tags: ['Live'], summary: 'The last interval: speed, sums, and its tick record', querystring: NO_QUERY },
    },
    async (_, reply) => {
      const picture = await context.live.current(FIRST_WAIT_MS);
      if (picture === undefined) throw new HttpError(503, 'nothing was measured yet', 'ask again in a second');
      // The tick record is text already.
      const head = JSON.stringify(liveHead(context, picture)).slice(0, -1);
      return reply
        .header('cache-control', 'no-store')
        .type('application/json; charset=utf-8')
        .send(Buffer.concat([Buffer.from(`${head},"tick":`), picture.bytes(), Buffer.from('}')]));
    },
  );
  app.get(
    '/api/health',
    { schema: { tags: ['Live'], summary: 'Is all well: store, recorder, this device', querystring: NO_QUERY } },
    (_, reply) => reply.header('cache-control', 'no-store').send(healthOf(context)),
  );
}

const NO_QUERY = { type: 'object', additionalProperties: false, properties: {} } as const;

/** Bytes of the interfaces that add to totals, every byte once. */
function countedBytes({ interfaces }: LiveSnapshot): UsageBytes {
  const counted = interfaces.filter((row) => row.counted);
  return {
    txBytes: counted.reduce((sum, { txBytes }) => sum + txBytes, 0),
    rxBytes: counted.reduce((sum, { rxBytes }) => sum + rxBytes, 0),
  };
}

function liveHead(context: WebContext, { snapshot, isFromRecorder }: LivePicture): object {
  const bytes = countedBytes(snapshot);
  const intervalS = snapshot.intervalUs / 1e6;
  const [up, down] = [bytes.txBytes, bytes.rxBytes].map((sum) => (intervalS > 0 ? Math.round(sum / intervalS) : 0));
  const usage = usageShape(context.settings().config, bytes);
  return {
    schema: 'kaipo.live/1',
    ts: snapshot.tsUs / 1e6,
    intervalSeconds: intervalS,
    mode: snapshot.rung,
    recorder: isFromRecorder,
    ...usage,
    upload_bytes_per_second: up,
    download_bytes_per_second: down,
    human_readable: {
      ...usage.human_readable,
      upload_speed: `${sizeText(up!)}/s`,
      download_speed: `${sizeText(down!)}/s`,
    },
  };
}

function healthOf(context: WebContext): object {
  const state = context.watch.state();
  const recorder = recorderOf(context, state);
  return {
    schema: 'kaipo.health/1',
    status: recorder.isWell && 'info' in state ? 'ok' : 'degraded',
    version: context.version,
    device: 'info' in state ? deviceOf(state.info) : { hostname: hostname(), platform: process.platform },
    store: storeOf(state),
    recorder: recorder.fields,
  };
}

function storeOf(state: StoreState): object {
  if ('error' in state) {
    const { code, message, fix } = state.error;
    const missing = code === 'KAIPO_STORE_MISSING';
    return {
      state: missing ? 'missing' : 'unreadable',
      detail: missing ? 'nothing was recorded yet' : message,
      ...(fix !== undefined && { fix }),
    };
  }
  const { firstUs, lastEndUs, fileBytes }: StoreInfo = state.info;
  return {
    state: firstUs === undefined ? 'empty' : 'ok',
    ...(firstUs !== undefined && { firstTs: firstUs / 1e6 }),
    ...(lastEndUs !== undefined && { lastTs: lastEndUs / 1e6 }),
    fileBytes,
  };
}

function recorderOf(context: WebContext, state: StoreState): { readonly isWell: boolean; readonly fields: object } {
  const writer = 'info' in state ? state.info.writer : undefined;
  if (writer === undefined) return { isWell: false, fields: { running: false, fix: START_RECORDER } };
  const health = context.watch.recorderHealth();
  const trouble = health === undefined ? undefined : healthProblem(health);
  const mode = 'info' in state ? state.info.mode : undefined;
  return {
    isWell: trouble === undefined || health?.state === 'recording',
    fields: {
      running: true,
      pid: writer.pid,
      since: writer.sinceUs / 1e6,
      ...(mode !== undefined && { mode }),
      ...(health !== undefined && { state: health.state }),
      ...(trouble !== undefined && { detail: trouble }),
    },
  };
}
