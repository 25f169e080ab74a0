// The API page for people: every address, what it takes and what it answers, made of the OpenAPI document. Owns the page; it runs nothing
// and loads nothing.
import { createHash } from 'node:crypto';
import { html, Markup } from '../../report/html.js';
import { DOCS_STYLE } from './docs-style.js';
import type { OpenapiDocument, OpenapiOperation, OpenapiParameter } from './openapi-document.js';

const STYLE_DIGEST = createHash('sha256').update(DOCS_STYLE).digest('base64');

/** For the header of the page. */
export const DOCS_CSP = `default-src 'none'; style-src 'sha256-${STYLE_DIGEST}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

interface Entry {
  readonly path: string;
  readonly method: string;
  readonly operation: OpenapiOperation;
}

export function docsPage(document: OpenapiDocument, origin: string): string {
  const groups = new Map<string, Entry[]>();
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const tag = operation.tags?.[0] ?? 'More';
      groups.set(tag, [...(groups.get(tag) ?? []), { path, method, operation }]);
    }
  }
  const tags = [...groups.keys()];
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>kaipo API</title><style>${new Markup(DOCS_STYLE)}</style></head><body>
<a class="skip" href="#addresses">To the addresses</a>
<header><p class="brand">kaipo ${document.info.version}</p><h1>API</h1><p>${sentences(document.info.description)}</p>
<p><a href="/api/openapi.json">OpenAPI document</a> · <a href="/dashboard/">Dashboard</a> · <a href="/metrics">Metrics</a></p>
<nav aria-label="Groups"><ul>${tags.map((tag) => html`<li><a href="#${anchor(tag)}">${tag}</a></li>`)}</ul></nav></header>
<main id="addresses">${tags.map((tag) => group(tag, groups.get(tag)!, origin))}
</main></body></html>
`.text;
}

/** A long text is cut where it is made safe: sentences are not. */
const sentences = (text: string): Markup[] => text.split(/(?<=\.) /).map((sentence) => html`${sentence} `);

const anchor = (tag: string): string => tag.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

function group(tag: string, entries: readonly Entry[], origin: string): Markup {
  return html`<section id="${anchor(tag)}"><h2>${tag}</h2>${entries.map((entry) => article(entry, origin))}</section>`;
}

function article({ path, method, operation }: Entry, origin: string): Markup {
  const { summary = '', description, parameters = [], requestBody } = operation;
  const body = requestBody?.content['application/json']?.schema as { properties?: Record<string, unknown> } | undefined;
  const fields = Object.entries(body?.properties ?? {}).map(([name, schema]): OpenapiParameter => {
    const given = schema as Record<string, unknown>;
    const told = given['description'];
    return { name, in: 'body', schema: given, ...(typeof told === 'string' && { description: told }) };
  });
  const taken = [...parameters, ...fields];
  return html`<article><h3><span class="method">${method.toUpperCase()}</span> <code>${path}</code></h3><p>${summary}</p>
${description === undefined ? undefined : html`<p class="more">${description}</p>`}
${taken.length === 0 ? undefined : html`<table><thead><tr><th scope="col">Takes</th><th scope="col">As</th><th scope="col">What it means</th></tr></thead><tbody>${taken.map(row)}</tbody></table>`}
<pre><code>${exampleOf(path, method, origin)}</code></pre></article>`;
}

function row({ name, required, description = '', schema }: OpenapiParameter): Markup {
  return html`<tr><th scope="row"><code>${name}</code>${required === true ? ' (needed)' : ''}</th><td>${typeText(schema)}</td><td>${description}</td></tr>`;
}

function typeText(schema: Readonly<Record<string, unknown>>): string {
  const { enum: words, type, items, minimum, maximum, anyOf } = schema;
  if (Array.isArray(words)) return words.join(' | ');
  if (Array.isArray(anyOf))
    return anyOf.map((each) => typeText(each as Readonly<Record<string, unknown>>)).join(' or ');
  if (type === 'array') return `${typeText(items as Readonly<Record<string, unknown>>)}, repeatable`;
  if (typeof minimum === 'number' && typeof maximum === 'number') return `${String(type)}, ${minimum} to ${maximum}`;
  return typeof type === 'string' ? type : '';
}

function exampleOf(path: string, method: string, origin: string): string {
  if (path === '/api/stream') return `new WebSocket('${origin.replace(/^http/, 'ws')}${path}')`;
  const url = `${origin}${path}${EXAMPLE_QUERIES[path] ?? ''}`;
  if (method !== 'post') return `curl '${url}'`;
  return `curl -H 'Content-Type: application/json' -d '${EXAMPLE_BODIES[path] ?? '{}'}' ${url}`;
}

const EXAMPLE_QUERIES: Readonly<Record<string, string>> = {
  '/api/month': '?month=2026-11',
  '/api/range': '?from=2026-11-01&to=2026-11-07',
  '/api/traffic': '?window=7d&group=1h&by=app&compare=previous',
  '/api/apps': '?since=-7d&limit=10',
  '/api/hosts': '?period=yesterday&zone=internet',
  '/api/flows': '?filter=app:curl%20and%20bytes%3E1MB',
  '/api/dns': '?name=example&limit=50',
  '/api/diff': '?before=last%20week&after=this%20week',
  '/api/export': '?format=csv&what=apps&step=day&since=2026-11-01',
  '/api/year': '?year=2026',
};
const EXAMPLE_BODIES: Readonly<Record<string, string>> = {
  '/api/config': '{"set": {"cost.rate_per_gb": 7.5, "cost.currency": "INR"}}',
  '/api/config/monitored_interfaces': '{"interfaces": ["eth0"]}',
};
