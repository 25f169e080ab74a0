// Which application a process belongs to, by rules a person can edit. Owns: what a rule is and when it holds. Must not know
// files, /proc or a rule by name. Bound: rules times patterns, asked once a process; a pattern costs its length times the text's.

/** What of a process can be asked for. `file` is the name of the program without its folder. */
export const RULE_FIELDS = ['exe', 'file', 'comm', 'unit', 'container', 'script', 'parent'] as const;
export type RuleField = (typeof RULE_FIELDS)[number];

/** What `exe` is when the program is not known: gone before anybody could look. */
export const UNKNOWN_EXE = 'unknown';

/** Holds when of every field it names one pattern fits. */
export interface AppRule {
  /** What the application is called then. */
  readonly name: string;
  readonly when: Readonly<Partial<Record<RuleField, readonly string[]>>>;
}

/** `parent`: names of the programs above it. */
export type RuleSubject = Readonly<Partial<Record<Exclude<RuleField, 'parent'>, string>>> & {
  readonly parent?: readonly string[];
};

type Test = (text: string) => boolean;
type Condition = readonly [RuleField, readonly Test[]];

export class AppRules {
  readonly rules: readonly AppRule[];
  /** Without such a rule nobody has to look for parents. */
  readonly needParents: boolean;
  readonly #conditions: readonly (readonly Condition[])[];

  constructor(rules: readonly AppRule[]) {
    this.rules = rules;
    this.needParents = rules.some(({ when }) => when.parent !== undefined);
    this.#conditions = rules.map(({ when }) =>
      RULE_FIELDS.flatMap((field): Condition[] => {
        const patterns = when[field];
        return patterns === undefined ? [] : [[field, patterns.map(globTest)]];
      }),
    );
  }

  /** Of the first rule that holds. */
  nameOf(subject: RuleSubject): string | undefined {
    const first = this.#conditions.findIndex((conditions) => conditions.every((condition) => fits(condition, subject)));
    return this.rules[first]?.name;
  }
}

function fits([field, tests]: Condition, subject: RuleSubject): boolean {
  const value = subject[field];
  if (value === undefined) return false;
  if (typeof value === 'string') return tests.some((test) => test(value));
  return value.some((text) => tests.some((test) => test(text)));
}

/** `*` stands for any characters, also "/", `?` for one. */
export function globTest(pattern: string): Test {
  if (pattern.includes('?')) return (text) => globFits(pattern, text);
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return (text) => text === pattern;
  return (text) => {
    let at = first.length;
    const end = text.length - last.length;
    if (end < at || !text.startsWith(first) || !text.endsWith(last)) return false;
    for (const part of others) {
      const found = text.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

/** The same for every pattern. Never slower than length times length. */
function globFits(pattern: string, text: string): boolean {
  let at = 0;
  let place = 0;
  /** Where the last `*` stands, and how much of the text it has taken. */
  let star = -1;
  let taken = 0;
  while (place < text.length) {
    if (at < pattern.length && pattern[at] === '*') {
      star = at;
      taken = place;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[place])) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      at = star + 1;
      taken += 1;
      place = taken;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

let inUse = new AppRules([]);

/** The rules that hold in this process: set at its start, and again when they were edited (SIGHUP). None before. */
export const appRulesInUse = (): AppRules => inUse;

export function useAppRules(rules: AppRules): void {
  inUse = rules;
}
