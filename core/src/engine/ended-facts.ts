// What is known of a flow that ends, as classifiers see it. Owns: one flow at a time; what nobody asks about is not gathered.
import type { FlowFacts } from '../api/classifier.js';
import type { CertificateDetails, FlowDetails, ProtocolEvidence, ServerNameEvidence } from '../api/events.js';
import type { EndedFlow } from './ended-flow.js';
import type { FlowTexts } from './flow-notes.js';

const NOTHING: FlowDetails = {};

/** Every field of FlowDetails must be here: absent ones would be absent for classifiers. */
type AllFacts = { readonly [Field in keyof Required<FlowFacts>]: FlowFacts[Field] | undefined };

export class EndedFacts implements AllFacts {
  transport = 0;
  clientIp = '';
  serverIp = '';
  serverPort = 0;
  protocol: string | undefined = undefined;
  application: string | undefined = undefined;
  serverName: string | undefined = undefined;
  #ended: EndedFlow | undefined;
  #texts: FlowTexts | undefined;
  #details = NOTHING;

  read(ended: EndedFlow): void {
    const { texts } = ended;
    this.#ended = ended;
    this.#texts = texts;
    this.#details = texts?.details ?? NOTHING;
    this.transport = ended.transport;
    this.clientIp = ended.clientIp;
    this.serverIp = ended.serverIp;
    this.serverPort = ended.serverPort;
    this.protocol = ended.protocol;
    this.application = texts?.application;
    this.serverName = ended.serverName(texts);
  }

  get protocolFrom(): ProtocolEvidence | undefined {
    return this.protocol === undefined ? undefined : this.#ended?.protocolFrom;
  }

  get serverNameFrom(): ServerNameEvidence | undefined {
    return this.serverName === undefined ? undefined : this.#ended?.serverNameFrom(this.#texts);
  }

  get tlsVersion(): string | undefined {
    return this.#details.tlsVersion;
  }

  get tlsCipher(): string | undefined {
    return this.#details.tlsCipher;
  }

  get alpn(): readonly string[] | undefined {
    return this.#details.alpn;
  }

  get alpnChosen(): string | undefined {
    return this.#details.alpnChosen;
  }

  get ja3(): string | undefined {
    return this.#details.ja3;
  }

  get ja3s(): string | undefined {
    return this.#details.ja3s;
  }

  get ja4(): string | undefined {
    return this.#details.ja4;
  }

  get ech(): boolean | undefined {
    return this.#details.ech;
  }

  get certificate(): CertificateDetails | undefined {
    return this.#details.certificate;
  }

  get quicVersion(): string | undefined {
    return this.#details.quicVersion;
  }

  get clientSoftware(): string | undefined {
    return this.#details.clientSoftware;
  }

  get serverSoftware(): string | undefined {
    return this.#details.serverSoftware;
  }

  get contentType(): string | undefined {
    return this.#details.contentType;
  }

  get hassh(): string | undefined {
    return this.#details.hassh;
  }

  get hasshServer(): string | undefined {
    return this.#details.hasshServer;
  }

  get hostKey(): string | undefined {
    return this.#details.hostKey;
  }

  get deviceName(): string | undefined {
    return this.#details.deviceName;
  }

  get deviceVendor(): string | undefined {
    return this.#details.deviceVendor;
  }

  get userName(): string | undefined {
    return this.#details.userName;
  }

  get subject(): string | undefined {
    return this.#details.subject;
  }
}
