// Says which application a flow belongs to. Owns: which sign counts more than which. Must not know: files.
//
//   asked name ► ALPN ► certificate ► user agent ► protocol ► name of a CDN or cloud, or from DNS ► CDN's certificate ► network
//
// A name under a CDN or cloud says where something is, not what it is: what else is known goes before it. Bound: a few look-ups
// a call, nothing kept.
import type { CertificateDetails, Classified, Classifier, FlowFacts, Place } from '@kaipo/core/api/index.js';
import { certificateNames } from './certificate-names.js';
import type { ServiceBook } from './service-book.js';
import type { Service } from './service-file.js';

const PLACE_CATEGORIES: ReadonlySet<string> = new Set(['cdn', 'cloud']);

const ADDRESS = /^[\d.]+$|:/;

/** Does it say what something is, not only where? */
const isSpecific = (service: Service | undefined): service is Service =>
  service !== undefined && !PLACE_CATEGORIES.has(service.category);

/** Asks a book about a sign. Made once: a flow asks several, and there are many flows. */
type Question<Sign> = (book: ServiceBook, sign: Sign) => Service | undefined;

const byApplication: Question<string> = (book, name) => book.byApplication(name);
const byName: Question<string> = (book, host) => book.byName(host);
const byAlpn: Question<readonly string[]> = (book, offered) => book.byAlpn(offered);
const byCertificateText: Question<string> = (book, text) => book.byCertificateText(text);
const byAgent: Question<string> = (book, text) => book.byAgent(text);
const byProtocol: Question<string> = (book, name) => book.byProtocol(name);
const byNetwork: Question<number> = (book, asn) => book.byNetwork(asn);

export interface ApplicationSources {
  /** Asked in this order; the first is the user's, where there is one. */
  books(): readonly ServiceBook[];
  placeOf?(ip: string): Place | undefined;
  /** Use names that an earlier DNS answer gave to the address. */
  readonly usesDnsNames: boolean;
}

export class ApplicationClassifier implements Classifier {
  readonly name = 'applications';
  readonly placeOf?: (ip: string) => Place | undefined;
  readonly #sources: ApplicationSources;

  constructor(sources: ApplicationSources) {
    this.#sources = sources;
    const { placeOf } = sources;
    if (placeOf !== undefined) this.placeOf = (ip) => placeOf.call(sources, ip);
  }

  classify(flow: FlowFacts): Classified | undefined {
    const { application } = flow;
    if (application !== undefined) {
      const category = this.#ask(byApplication, application)?.category;
      return category === undefined ? undefined : { application, category };
    }
    const asked = this.#askedName(flow);
    if (isSpecific(asked)) return { application: asked.application, category: asked.category };
    const service = this.#serviceOf(flow, asked);
    return service === undefined ? undefined : { application: service.application, category: service.category };
  }

  /** Of the name the client asked for, not one its address was once looked up by. */
  #askedName({ serverName, serverNameFrom }: FlowFacts): Service | undefined {
    if (serverName === undefined || serverNameFrom === 'dns' || ADDRESS.test(serverName)) return undefined;
    return this.#ask(byName, serverName);
  }

  /** `asked`: where the name asked for leads, if it says only where something is. */
  #serviceOf(flow: FlowFacts, asked: Service | undefined): Service | undefined {
    const { serverName, serverNameFrom, alpn, certificate, clientSoftware } = flow;
    // A port is a guess; an application guessed from a guess helps nobody.
    const protocol = flow.protocolFrom === 'port' ? undefined : flow.protocol;
    const isAsked = serverName !== undefined && serverNameFrom !== 'dns' && !ADDRESS.test(serverName);
    const named = asked ?? (isAsked || serverName === undefined ? undefined : this.#ask(byName, serverName));
    const shown = certificate === undefined || isAsked ? undefined : this.#byCertificateNames(certificate);
    const subject = certificate?.subject;
    let service: Service | undefined;
    if (alpn !== undefined) service ??= this.#ask(byAlpn, alpn);
    if (isSpecific(shown)) service ??= shown;
    if (subject !== undefined) service ??= this.#ask(byCertificateText, subject);
    if (clientSoftware !== undefined) service ??= this.#ask(byAgent, clientSoftware);
    if (protocol !== undefined) service ??= this.#ask(byProtocol, protocol);
    if (isAsked || this.#sources.usesDnsNames) service ??= named;
    service ??= shown;
    if (serverName === undefined) service ??= this.#byNetwork(flow.serverIp);
    return service;
  }

  #ask<Sign>(question: Question<Sign>, sign: Sign): Service | undefined {
    for (const book of this.#sources.books()) {
      const service = question(book, sign);
      if (service !== undefined) return service;
    }
    return undefined;
  }

  /**
   * Of the common name, else what at least half of the names agree on: a certificate of a CDN has many masters, and one that is
   * known says nothing about the flow. The CDN's own names are left aside where others are known.
   */
  #byCertificateNames(certificate: CertificateDetails): Service | undefined {
    const services = certificateNames(certificate).map((name) => this.#ask(byName, name));
    const [common] = services;
    if (isSpecific(common)) return common;
    const masters = services.filter((service) => service === undefined || isSpecific(service));
    const known = masters.filter((service) => service !== undefined);
    const agree = known.every((service) => service.application === known[0]!.application);
    return known.length > 0 && agree && known.length * 2 >= masters.length ? known[0] : common;
  }

  #byNetwork(ip: string): Service | undefined {
    const asn = this.#sources.placeOf?.(ip)?.asn;
    return asn === undefined ? undefined : this.#ask(byNetwork, asn);
  }
}
