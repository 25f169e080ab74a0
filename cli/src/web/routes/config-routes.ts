// Settings: what holds, and changing it. Owns the addresses and what their bodies may look like; what a change is and means is
// cli/src/web/settings.
// What an address says of itself besides its schema.
import type {} from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { configDocument } from '../settings/config-document.js';
import { ConfigWriter, type WantedChanges } from '../settings/config-writer.js';
import type { WebContext } from '../web-context.js';
import { sendBytes } from './add-history-routes.js';

const TAG = 'Settings';
const MAX_KEYS = 64;
const key = { type: 'string', minLength: 1, maxLength: 128 };

const CHANGES_BODY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    set: {
      type: 'object',
      maxProperties: MAX_KEYS,
      description: 'Keys with their new values: {"cost.rate_per_gb": 7.5}',
    },
    unset: { type: 'array', maxItems: MAX_KEYS, items: key, description: 'Keys to take out of the file' },
  },
} as const;

const INTERFACES_BODY = {
  type: 'object',
  additionalProperties: false,
  required: ['interfaces'],
  properties: {
    interfaces: {
      description: '"auto" counts every byte once; or the names of the interfaces to count, at least one',
      anyOf: [
        { type: 'string', enum: ['auto'] },
        { type: 'array', maxItems: MAX_KEYS, items: { type: 'string', minLength: 1, maxLength: 64 } },
      ],
    },
  },
} as const;

export function addConfigRoutes(app: FastifyInstance, context: WebContext): void {
  const writer = new ConfigWriter(context);
  const change = async (wanted: WantedChanges): Promise<object> => {
    const made = await writer.write(wanted);
    return { ...(await configDocument(context)), made };
  };
  app.get(
    '/api/config',
    { schema: { tags: [TAG], summary: 'What is set, where it comes from, and the interfaces of this machine' } },
    async (request, reply) => {
      const text = JSON.stringify(await configDocument(context));
      return sendBytes(request, reply, context.answers.put(request.url, text, performance.now()));
    },
  );
  app.post<{ Body: WantedChanges }>(
    '/api/config',
    {
      schema: {
        tags: [TAG],
        summary: 'Changes settings: writes the configuration file, comments and order stay',
        description:
          'Only keys that are `writable`. All of it is written or nothing; a running recorder is asked to read it.',
        body: CHANGES_BODY,
      },
    },
    async (request) => change(request.body),
  );
  app.post<{ Body: { readonly interfaces: 'auto' | readonly string[] } }>(
    '/api/config/monitored_interfaces',
    { schema: { tags: [TAG], summary: 'Chooses the interfaces whose bytes count', body: INTERFACES_BODY } },
    async (request) => change({ set: { 'monitoring.interface': chosen(request.body.interfaces) } }),
  );
}

const chosen = (interfaces: 'auto' | readonly string[]): 'auto' | string[] =>
  interfaces === 'auto' ? interfaces : [...new Set(interfaces)];
