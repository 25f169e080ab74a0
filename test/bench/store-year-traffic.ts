// A year of a busy workstation that also serves: 200 applications, 2,000 hosts, 5 interfaces, 40 protocols, all from one seed.
// Owns what is realistic about it: popularity by Zipf, day and night, weekdays, sessions, hosts that are seen on one day only.
// Everything adds up: applications + unknown = protocols = hosts, and the books of every interface close.
import type { IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { seededRandom } from '../unit/store/store-fixtures.js';
import { type App, type Conversation, type Host, INTERFACES, IntervalSums } from './store-year-interval.js';

export const APPS = 200;
export const HOSTS = 2000;
export const PROTOCOLS = 40;
/** Hosts that come back; each of the others is seen on one day. */
const REGULAR_HOSTS = 400;
/** Means over a week. */
const CONVERSATIONS = 74;
const CONVERSATION_MINUTES = 22;
const MINUTE_US = 60_000_000;
const DAY_US = 1440 * MINUTE_US;

const QUALITIES = ['event', 'event', 'event', 'proc-snapshot', 'listener', 'inherited'] as const;

export class YearTraffic {
  readonly #random: () => number;
  readonly #apps: readonly App[];
  readonly #hosts: readonly Host[];
  readonly #appRank: readonly number[];
  readonly #hostRank: readonly number[];
  readonly #protocolRank: readonly number[];
  readonly #days: number;
  #talking: Conversation[] = [];
  /** By interface: bytes that were counted and will be captured with the next interval. */
  readonly #pending: number[] = INTERFACES.map(() => 0);
  readonly #startUs: number;

  constructor(seed: number, startUs: number, days: number) {
    this.#random = seededRandom(seed);
    this.#startUs = startUs;
    this.#days = days;
    this.#appRank = zipf(APPS, 1.35);
    this.#hostRank = zipf(REGULAR_HOSTS, 0.9);
    this.#protocolRank = zipf(PROTOCOLS, 1.2);
    this.#apps = Array.from({ length: APPS }, (_, index) => this.#newApp(index));
    this.#hosts = Array.from({ length: HOSTS }, (_, index) => this.#newHost(index));
  }

  /** The interval that starts at `startUs`; to be asked in order of time. */
  interval(startUs: number, lengthUs: number): IntervalRecord {
    this.#turnOver(startUs);
    const sums = new IntervalSums();
    const isShort = lengthUs < MINUTE_US;
    for (const talk of this.#talking) {
      // Nobody talks in every second of a minute.
      if (isShort && this.#random() < 0.7) continue;
      this.#talk(sums, talk, isShort ? (lengthUs / MINUTE_US) * 3 : 1);
    }
    return sums.record(startUs, lengthUs, this.#random, this.#pending);
  }

  #talk(sums: IntervalSums, talk: Conversation, share: number): void {
    const bytes = Math.ceil(talk.bytesAMinute * share * (0.2 + 1.6 * this.#random()));
    const txBytes = Math.ceil(bytes * talk.sendShare);
    const rxBytes = Math.max(0, bytes - txBytes);
    const txPackets = Math.ceil(txBytes / talk.packetBytes);
    const rxPackets = Math.ceil(rxBytes / talk.packetBytes);
    const flows = this.#random() < 0.35 * share ? 1 + Math.floor(this.#random() * 3) : 0;
    const app = this.#apps[talk.app]!;
    const host = this.#hosts[talk.host]!;
    const hasOwner = talk.protocol % 13 !== 9;
    sums.add(talk, hasOwner ? app : undefined, host, [txBytes, rxBytes, txPackets, rxPackets, flows]);
  }

  /** Some conversations end, others begin, as many as the hour asks for. */
  #turnOver(nowUs: number): void {
    const wanted = CONVERSATIONS * rhythm(nowUs) * (0.85 + 0.3 * this.#random());
    this.#talking = this.#talking.filter(({ endsUs }) => endsUs > nowUs);
    while (this.#talking.length < wanted) this.#talking.push(this.#newConversation(nowUs));
  }

  #newConversation(nowUs: number): Conversation {
    const random = this.#random;
    const app = pick(this.#appRank, random());
    const { protocols, weight } = this.#apps[app]!;
    const minutes = 1 - Math.log(1 - random()) * CONVERSATION_MINUTES;
    return {
      app,
      host: random() < 0.06 ? this.#passingHost(nowUs) : pick(this.#hostRank, random()),
      protocol: protocols[Math.floor(random() * protocols.length)]!,
      bytesAMinute: weight * Math.exp((random() + random() + random() - 1.5) * 3),
      sendShare: random() < 0.1 ? 0.9 : 0.05 + 0.25 * random(),
      packetBytes: 120 + Math.floor(1100 * random()),
      endsUs: nowUs + Math.ceil(minutes) * MINUTE_US,
    };
  }

  /** One of the few hosts of this day. */
  #passingHost(nowUs: number): number {
    const passing = HOSTS - REGULAR_HOSTS;
    const aDay = passing / Math.max(this.#days, 1);
    const day = Math.floor((nowUs - this.#startUs) / DAY_US);
    return REGULAR_HOSTS + (Math.floor((day + this.#random()) * aDay) % passing);
  }

  #newApp(index: number): App {
    const random = this.#random;
    const isService = index % 4 === 3;
    const user = isService ? 'root' : index % 7 === 6 ? 'www-data' : 'ada';
    return {
      name: `application-${index}`,
      exe: `/usr/${isService ? 'sbin' : 'bin'}/application-${index}`,
      user,
      ...(isService ? { unit: `application-${index}.service` } : {}),
      quality: QUALITIES[Math.floor(random() * QUALITIES.length)]!,
      protocols: Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(this.#protocolRank, random())),
      weight: 2000 * Math.exp(random() * 5),
    };
  }

  #newHost(index: number): Host {
    const random = this.#random;
    const isNear = random() < 0.12;
    const six = random() < 0.25;
    const low = (index % 250) + 1;
    const high = Math.floor(index / 250);
    return {
      address: isNear
        ? `10.20.${high}.${low}`
        : six
          ? `2001:db8:${high}::${low.toString(16)}`
          : `198.51.${high}.${low}`,
      zone: isNear ? 'lan' : 'internet',
      interface: pick(INTERFACE_RANK, random()),
    };
  }
}

/** Traffic of the hour against the mean of a week: nights a third, weekdays nine to six nearly twice, weekends less. */
function rhythm(us: number): number {
  const at = new Date(us / 1000);
  const hour = at.getHours() + at.getMinutes() / 60;
  const isWeekend = at.getDay() % 6 === 0;
  const day = Math.max(0, Math.cos(((hour - 14.5) / 24) * 2 * Math.PI));
  return (0.42 + 1.65 * day ** 0.8) * (isWeekend ? 0.72 : 1.1);
}

/** Cumulative shares of ranks 1, 2, 3 … with weight rank^-exponent. */
function zipf(count: number, exponent: number): number[] {
  return cumulative(Array.from({ length: count }, (_, rank) => (rank + 1) ** -exponent));
}

function cumulative(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.map((weight) => {
    sum += weight / total;
    return sum;
  });
}

const INTERFACE_RANK = cumulative(INTERFACES.map(({ share }) => share));

function pick(ranks: readonly number[], at: number): number {
  let low = 0;
  let high = ranks.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranks[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
