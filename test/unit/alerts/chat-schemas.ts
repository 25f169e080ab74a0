// What receivers of alerts take, as JSON schemas written down from their documentation. Each says where from; fields that kaipo does not
// send are left out, so that one it sends by mistake is found.

const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });
const closed = (properties: object, required: readonly string[]) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});

/** docs.slack.dev: incoming webhooks (payload), Block Kit reference (header: plain_text, 150; section: text 3000; 50 blocks). */
const plainText = (maxLength: number) =>
  closed({ type: { const: 'plain_text' }, text: text(maxLength), emoji: { type: 'boolean' } }, ['type', 'text']);
export const SLACK = closed(
  {
    text: text(40_000),
    mrkdwn: { type: 'boolean' },
    unfurl_links: { type: 'boolean' },
    unfurl_media: { type: 'boolean' },
    blocks: {
      type: 'array',
      minItems: 1,
      maxItems: 50,
      items: {
        oneOf: [
          closed({ type: { const: 'header' }, text: plainText(150) }, ['type', 'text']),
          closed({ type: { const: 'section' }, text: plainText(3000) }, ['type', 'text']),
        ],
      },
    },
  },
  ['text'],
);

/** discord.com/developers/docs: resources/webhook (execute webhook), resources/message (embed limits, allowed mentions). */
export const DISCORD = closed(
  {
    username: { type: 'string', minLength: 1, maxLength: 80, not: { pattern: 'discord|clyde' } },
    allowed_mentions: closed({ parse: { type: 'array', maxItems: 0 } }, ['parse']),
    embeds: {
      type: 'array',
      minItems: 1,
      maxItems: 10,
      items: closed(
        {
          title: text(256),
          description: text(4096),
          color: { type: 'integer', minimum: 0, maximum: 0xffffff },
          timestamp: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' },
        },
        ['title'],
      ),
    },
  },
  ['embeds', 'allowed_mentions'],
);

/** learn.microsoft.com: workflows "when a Teams webhook request is received"; adaptivecards.io 1.4: RichTextBlock, TextRun. */
export const TEAMS = closed(
  {
    type: { const: 'message' },
    attachments: {
      type: 'array',
      minItems: 1,
      maxItems: 1,
      items: closed(
        {
          contentType: { const: 'application/vnd.microsoft.card.adaptive' },
          content: closed(
            {
              $schema: { const: 'http://adaptivecards.io/schemas/adaptive-card.json' },
              type: { const: 'AdaptiveCard' },
              version: { const: '1.4' },
              body: {
                type: 'array',
                minItems: 1,
                items: closed(
                  {
                    type: { const: 'RichTextBlock' },
                    inlines: {
                      type: 'array',
                      minItems: 1,
                      items: closed(
                        {
                          type: { const: 'TextRun' },
                          text: text(5000),
                          weight: { enum: ['Lighter', 'Default', 'Bolder'] },
                          size: { enum: ['Small', 'Default', 'Medium', 'Large', 'ExtraLarge'] },
                          color: { enum: ['Default', 'Dark', 'Light', 'Accent', 'Good', 'Warning', 'Attention'] },
                        },
                        ['type', 'text'],
                      ),
                    },
                  },
                  ['type', 'inlines'],
                ),
              },
            },
            ['type', 'version', 'body'],
          ),
        },
        ['contentType', 'content'],
      ),
    },
  },
  ['type', 'attachments'],
);

/** docs.ntfy.sh/publish: publish as JSON; a message is at most 4096 bytes, priorities are 1 to 5. */
export const NTFY = closed(
  {
    topic: { type: 'string', pattern: '^[-_A-Za-z0-9]{1,64}$' },
    title: text(250),
    message: text(4096),
    priority: { type: 'integer', minimum: 1, maximum: 5 },
    tags: { type: 'array', items: { type: 'string', pattern: '^[a-z_]+$' } },
  },
  ['topic', 'message'],
);

/** developer.pagerduty.com: Events API v2, alert events. */
export const PAGERDUTY = closed(
  {
    routing_key: { type: 'string', pattern: '^[0-9a-zA-Z]{32}$' },
    event_action: { enum: ['trigger', 'acknowledge', 'resolve'] },
    dedup_key: text(255),
    client: text(255),
    payload: closed(
      {
        summary: text(1024),
        source: text(255),
        severity: { enum: ['critical', 'warning', 'error', 'info'] },
        timestamp: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$' },
        component: { type: 'string' },
        class: { type: 'string' },
        custom_details: { type: 'object' },
      },
      ['summary', 'source', 'severity'],
    ),
  },
  ['routing_key', 'event_action'],
);

/** github.com/prometheus/alertmanager: api/v2/openapi.yaml, postableAlerts. Label names: [a-zA-Z_][a-zA-Z0-9_]*. */
const labels = {
  type: 'object',
  propertyNames: { pattern: '^[a-zA-Z_][a-zA-Z0-9_]*$' },
  additionalProperties: { type: 'string' },
};
const time = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' };
export const ALERTMANAGER = {
  type: 'array',
  minItems: 1,
  items: closed({ labels, annotations: labels, startsAt: time, endsAt: time, generatorURL: { type: 'string' } }, [
    'labels',
  ]),
};
