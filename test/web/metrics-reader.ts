// Reads the Prometheus text format 0.0.4 and OpenMetrics 1.0.0 as strictly as their grammars are, written from those and not from what
// writes them. Raises what is wrong and in which line.
export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ReadMetrics {
  /** Kind by the name of the family, as HELP and TYPE say it. */
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly ReadSample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|(?=\}))/;
const VALUE = /^ ([+-]Inf|NaN|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)$/;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  gauge: [''],
};

export function readMetrics(text: string, format: 'prometheus' | 'openmetrics'): ReadMetrics {
  const isOpen = format === 'openmetrics';
  const lines = text.split('\n');
  const fail = (why: string, line: string): never => {
    throw new Error(`${why}: ${line}`);
  };
  if (lines.pop() !== '') fail('the last line does not end', text.slice(-80));
  if (isOpen && lines.pop() !== '# EOF') fail('# EOF is missing', text.slice(-80));
  const types = new Map<string, string>();
  const samples: ReadSample[] = [];
  const seen = new Set<string>();
  let family = '';
  for (const line of lines) {
    if (line === '' && !isOpen) continue;
    const meta = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line);
    if (meta !== null) {
      const [, word, name, rest] = meta as unknown as [string, string, string, string];
      if (word === 'TYPE') {
        if (types.has(name)) fail('a family comes twice', line);
        if (isOpen && rest === 'counter' && name.endsWith('_total'))
          fail('a family of counters is named without _total', line);
        types.set(name, rest);
        family = name;
      }
      continue;
    }
    if (line.startsWith('#')) fail('a comment in the text', line);
    const one = readSample(line) ?? fail('not a sample', line);
    const kind = types.get(family) ?? fail('a sample before its type', line);
    const counter = isOpen ? ['_total'] : [''];
    const names = (kind === 'counter' ? counter : (SUFFIXES[kind] ?? [])).map((suffix) => family + suffix);
    if (!names.includes(one.name)) fail(`not of ${family}, a ${kind}`, line);
    if (kind === 'counter' && !(one.value >= 0)) fail('a counter below 0', line);
    const key = `${one.name} ${JSON.stringify(Object.entries(one.labels).sort())}`;
    if (seen.has(key)) fail('a series comes twice', line);
    seen.add(key);
    samples.push(one);
  }
  return { types, samples };
}

function readSample(line: string): ReadSample | undefined {
  const name = NAME.exec(line)?.[0];
  if (name === undefined) return undefined;
  let rest = line.slice(name.length);
  const labels: Record<string, string> = {};
  if (rest.startsWith('{')) {
    rest = rest.slice(1);
    for (let match = LABEL.exec(rest); match !== null; match = LABEL.exec(rest)) {
      const [all, label, escaped] = match as unknown as [string, string, string];
      if (Object.hasOwn(labels, label)) return undefined;
      labels[label] = escaped.replace(/\\(["\\n])/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
      rest = rest.slice(all.length);
    }
    if (!rest.startsWith('}')) return undefined;
    rest = rest.slice(1);
  }
  const value = VALUE.exec(rest)?.[1];
  return value === undefined ? undefined : { name, labels, value: Number(value.replace('Inf', 'Infinity')) };
}
