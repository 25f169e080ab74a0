// The text format services are written in. Owns: its grammar and the errors with their line. Must not know: what is done with it.
// Bound: MAX_FILE_CHARACTERS. Read at the start of a run, so the usual word costs one regular expression and no object.
//
//   # a remark
//   [video]                                  category of what follows
//   YouTube = youtube.com youtu.be ytimg.com
//       googlevideo.com alpn:x agent:"YouTube Player"      a line that begins with a blank goes on

export type SignKind = 'agent' | 'alpn' | 'asn' | 'cert' | 'protocol';

/** Something other than a name by which a service is known. */
export interface Sign {
  readonly kind: SignKind;
  readonly text: string;
}

export interface Service {
  readonly application: string;
  readonly category: string;
  /** Where it begins: "FILE:LINE". */
  readonly place: string;
  /** As in SNI, Host, DNS and certificates, lower case: suffixes, and patterns with `*`. */
  readonly names: readonly string[];
  readonly signs: readonly Sign[];
}

export const MAX_FILE_CHARACTERS = 4 * 1024 * 1024;

const CATEGORY_LINE = /^\[([^\]]*)\]$/;
const CATEGORY = /^[a-z][a-z0-9-]{0,23}$/;
/** No control characters, none that change direction or hide: the name goes to screens as it is. */
const APPLICATION = /^[\p{L}\p{N}][\p{L}\p{N} .+*&'!/:()_-]{0,47}$/u;
const PLAIN_NAME = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){0,15}$/;
const LABEL = /^[a-z0-9_-]*\*?[a-z0-9_-]*$/;
const SIGN_KINDS: readonly string[] = ['agent', 'alpn', 'asn', 'cert', 'protocol'] satisfies SignKind[];
const CODE_SPACE = 0x20;
const CODE_TAB = 0x09;
const CODE_HASH = 0x23;

/**
 * @param file how it is called in errors.
 * @throws Error `FILE:LINE: what is wrong`.
 */
export function parseServices(text: string, file: string): Service[] {
  if (text.length > MAX_FILE_CHARACTERS) throw new Error(`${file}: larger than ${MAX_FILE_CHARACTERS} characters`);
  return new ServiceReader(file).read(text);
}

class ServiceReader {
  readonly #file: string;
  #line = 0;
  #category = '';
  #names: string[] | undefined;
  #signs: Sign[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  read(text: string): Service[] {
    const services: Service[] = [];
    for (const raw of text.split('\n')) {
      this.#line += 1;
      const first = raw.charCodeAt(0);
      const line = raw.trim();
      if (line === '' || line.charCodeAt(0) === CODE_HASH) continue;
      if (first !== CODE_SPACE && first !== CODE_TAB) this.#begin(line, services);
      else if (this.#names === undefined) this.#fail('goes on with nothing: the line before is no application');
      else this.#readWords(line);
    }
    const empty = services.find((service) => service.names.length === 0 && service.signs.length === 0);
    if (empty !== undefined) throw new Error(`${empty.place}: "${empty.application}" has no names and no signs`);
    return services;
  }

  #begin(line: string, services: Service[]): void {
    const head = CATEGORY_LINE.exec(line);
    if (head !== null) {
      this.#category = head[1]!;
      this.#names = undefined;
      if (!CATEGORY.test(this.#category))
        this.#fail(`"${this.#category}" is no category: lower case, digits and dashes`);
      return;
    }
    const equals = line.indexOf(' =');
    if (equals < 1) this.#fail('neither [category] nor Name = names and signs');
    const application = line.slice(0, equals).trim();
    if (!APPLICATION.test(application))
      this.#fail(`"${application.slice(0, 60)}" cannot be the name of an application`);
    if (this.#category === '') this.#fail('no [category] before the first application');
    this.#names = [];
    this.#signs = [];
    const place = `${this.#file}:${this.#line}`;
    services.push({ application, category: this.#category, place, names: this.#names, signs: this.#signs });
    this.#readWords(line.slice(equals + 2));
  }

  /** Words apart by blanks; `kind:"several words"` in quotes. */
  #readWords(list: string): void {
    const words = list.includes('"') ? (list.match(/[^\s"]*"[^"]*"|[^\s"]+|"/g) ?? []) : list.split(/\s/);
    for (const word of words) {
      if (word === '') continue;
      if (PLAIN_NAME.test(word)) this.#names!.push(word);
      else if (word.includes(':')) this.#signs.push(this.#readSign(word));
      else this.#names!.push(this.#readName(word));
    }
  }

  #readSign(word: string): Sign {
    if ((word.split('"').length - 1) % 2 !== 0) this.#fail('a quotation mark without its other one');
    const colon = word.indexOf(':');
    const kind = word.slice(0, colon);
    const text = word.slice(colon + 1).replaceAll('"', '');
    if (!SIGN_KINDS.includes(kind)) this.#fail(`"${word}" has an unknown sign (known: ${SIGN_KINDS.join(', ')})`);
    if (text === '' || text.length > 64) this.#fail(`"${word}" must have 1 to 64 characters after the colon`);
    if (kind === 'asn' && !(/^[1-9]\d{0,9}$/.test(text) && Number(text) < 2 ** 32))
      this.#fail(`"${text}" is no AS number`);
    return { kind: kind as SignKind, text };
  }

  /** Any case; `*` for any letters within one label; as the last label, for countries: "google.*" is google.de and google.co.uk. */
  #readName(word: string): string {
    const name = word.toLowerCase();
    const labels = name.split('.');
    if (name.length > 253 || labels.some((label) => label === '' || label.length > 63 || !LABEL.test(label)))
      this.#fail(`"${word}" is no name of hosts (international names in their xn-- form)`);
    const firstStar = labels.findIndex((label) => label.includes('*'));
    const isCountryForm = labels.at(-1) === '*' && firstStar === labels.length - 1 && labels.length > 1;
    if (labels.at(-1)!.includes('*') && !isCountryForm)
      this.#fail(`"${word}" has * where a name must end; only "brand.*", for its country names, may`);
    return name;
  }

  #fail(problem: string): never {
    throw new Error(`${this.#file}:${this.#line}: ${problem}`);
  }
}
