// Everything that happened, as values. Owns: the closed union of events, past tense, discriminated by `kind`.
// Objects are born per event (a flow ended, a name was asked), never per packet. Text in events is already safe.

export interface Endpoint {
  readonly ip: string;
  /** Absent for ICMP and everything else without ports. */
  readonly port?: number;
}

export interface FlowSideTotals extends Endpoint {
  readonly packets: number;
  /** Whole frames on the wire: link header included, FCS not. */
  readonly bytes: number;
}

export type ProtocolEvidence = 'payload' | 'port';
export type ServerNameEvidence = 'sni' | 'host' | 'dns';

/** Who owned the socket, and how that is known. */
export interface FlowOwner {
  readonly app: string;
  readonly pid?: number;
  readonly exe?: string;
  readonly user?: string;
  readonly unit?: string;
  readonly container?: string;
  readonly quality: OwnerQuality;
  /** When the process began, where the kernel told of it. Known of live flows; the store does not keep it. */
  readonly startUs?: number;
  /** What started the process, nearest first, at most 4. Likewise. */
  readonly parents?: readonly ParentProcess[];
}

export interface ParentProcess {
  readonly pid: number;
  readonly app: string;
}

export type OwnerQuality =
  | 'event'
  | 'proc-snapshot'
  | 'listener'
  | 'inherited'
  | 'nat-joined'
  | 'inferred'
  | 'kernel'
  | 'forwarded'
  | 'unknown';

/** Validity of a certificate as it was sent, up to TLS 1.2. Seconds since the epoch. */
export interface CertificateDetails {
  readonly subject?: string;
  readonly issuer?: string;
  /** Names it is valid for, at most 16. */
  readonly names?: readonly string[];
  readonly notBefore?: number;
  readonly notAfter?: number;
}

/** What protocols know of a flow beyond its name. All texts safe, fields that do not apply absent. */
export interface FlowDetails {
  /** Negotiated; of a handshake whose answer was not seen, absent. 1.3, 1.2, dtls1.2, ssl3 … */
  readonly tlsVersion?: string;
  readonly tlsCipher?: string;
  /** Offered by the client. */
  readonly alpn?: readonly string[];
  /** Chosen by the server. */
  readonly alpnChosen?: string;
  readonly ja3?: string;
  readonly ja3s?: string;
  readonly ja4?: string;
  /** The client sent an encrypted ClientHello: serverName is that of the front. */
  readonly ech?: boolean;
  readonly certificate?: CertificateDetails;
  readonly quicVersion?: string;
  /** Program of the client, of the server: User-Agent, Server, SSH banner, greeting. */
  readonly clientSoftware?: string;
  readonly serverSoftware?: string;
  readonly contentType?: string;
  readonly hassh?: string;
  readonly hasshServer?: string;
  /** Of an SSH server, as people compare it: SHA256:… */
  readonly hostKey?: string;
  /** What a device calls itself: DHCP host name, NetBIOS name. */
  readonly deviceName?: string;
  readonly deviceVendor?: string;
  readonly userName?: string;
  /** Whatever else names the flow: MQTT client id, SMB share, SNMP community's length, database. */
  readonly subject?: string;
}

/** How a TCP flow went. Microseconds and counts; only what was measured, and counts that are not zero. */
export interface FlowHealth {
  /** SYN to SYN-ACK, and SYN-ACK to ACK: the way from here to the server and to the client. */
  readonly serverHandshakeUs?: number;
  readonly clientHandshakeUs?: number;
  /** Smallest and latest time from data to its acknowledgement, by the side that acknowledged. */
  readonly serverRttUs?: number;
  readonly clientRttUs?: number;
  readonly serverLastRttUs?: number;
  readonly clientLastRttUs?: number;
  readonly clientRetransmits?: number;
  readonly serverRetransmits?: number;
  readonly resets?: number;
  readonly clientZeroWindows?: number;
  readonly serverZeroWindows?: number;
}

export interface FlowRecord extends FlowDetails {
  /** Unique in one run of one engine: sixteen hex digits. */
  readonly id: string;
  /** tcp, udp, sctp, icmp, icmp6, or the IP protocol number as text. */
  readonly transport: string;
  readonly client: FlowSideTotals;
  readonly server: FlowSideTotals;
  readonly startUs: number;
  readonly endUs: number;
  /** Live capture only: the interface, and whether this host is the client side. */
  readonly interface?: string;
  readonly localSide?: 'client' | 'server';
  readonly protocol?: string;
  readonly protocolFrom?: ProtocolEvidence;
  readonly application?: string;
  readonly serverName?: string;
  readonly serverNameFrom?: ServerNameEvidence;
  /** Tunnels outside the flow, outermost first. */
  readonly tunnel?: readonly string[];
  readonly communityId?: string;
  readonly owner?: FlowOwner;
  readonly health?: FlowHealth;
  /** Of the application, where it is known: video, social, cloud … */
  readonly category?: string;
  /** Of the server's address, from databases that are looked for: autonomous system and country (ISO 3166). */
  readonly serverAsn?: number;
  readonly serverNetwork?: string;
  readonly serverCountry?: string;
}

/** `closed`: TCP said goodbye or was reset. `idle`: silent too long. `evicted`: nobody had answered it, and others needed the room. */
export type FlowEndReason = 'closed' | 'idle' | 'end-of-input' | 'evicted';

export interface FlowEnded {
  readonly kind: 'flow.ended';
  readonly tsUs: number;
  readonly reason: FlowEndReason;
  readonly flow: FlowRecord;
}

export interface DnsAsked {
  readonly kind: 'dns.asked';
  readonly tsUs: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly id: number;
  readonly name: string;
  /** Mnemonic, or TYPEnnn (RFC 3597). */
  readonly qtype: string;
  /** The plugin that read it: dns, mdns, llmnr. */
  readonly protocol: string;
}

export interface DnsAnswered extends Omit<DnsAsked, 'kind'> {
  readonly kind: 'dns.answered';
  readonly rcode: string;
  /** Time since the question, when that was seen. */
  readonly latencyUs?: number;
  /** Values of the answer section as text: addresses, names, quoted text. At most 64. */
  readonly answers: readonly string[];
}

export interface HttpExchanged {
  readonly kind: 'http.exchanged';
  readonly tsUs: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly method?: string;
  readonly host?: string;
  readonly path?: string;
  readonly userAgent?: string;
  readonly status?: number;
  readonly serverSoftware?: string;
  readonly contentType?: string;
}

export type DeviceSource = 'dhcp' | 'mdns' | 'nbns' | 'discovery' | 'ndp' | 'arp';

/** One thing that was told about a device. At least an address or a hardware address. Texts are safe. */
export interface DeviceSighting {
  readonly tsUs: number;
  readonly from: DeviceSource;
  readonly ip?: string;
  /** "00:1a:2b:3c:4d:5e". */
  readonly mac?: string;
  readonly name?: string;
  readonly vendor?: string;
  /** What it does for the others: it gave an address by DHCP; it advertised itself, or was named by DHCP, as the way out. */
  readonly role?: 'dhcp-server' | 'router';
}

export interface DeviceSeen extends DeviceSighting {
  readonly kind: 'device.seen';
}

export type Severity = 'info' | 'warning' | 'critical';

/** What an alert is about, in the words of mutes and routes. */
export interface AlertScope {
  readonly app?: string;
  /** An address, of the other side or of the device that misbehaves. */
  readonly host?: string;
  readonly port?: number;
  readonly interface?: string;
  /** `out`: this host, or one behind it, began it. */
  readonly direction?: 'in' | 'out';
}

/** One finding of a detector. Findings of one rule with the same key are one incident, however many there are. */
export interface AlertRaised {
  readonly kind: 'alert.raised';
  readonly tsUs: number;
  readonly rule: string;
  readonly severity: Severity;
  readonly subject: string;
  readonly summary: string;
  readonly evidence: Readonly<Record<string, string | number>>;
  /** Absent: the subject. */
  readonly key?: string;
  readonly scope?: AlertScope;
  /** The incident is over when there was no further finding for so long; absent: as the rule says. */
  readonly quietUs?: number;
  /** What was found is known to be over: the traffic is back, the books close again. */
  readonly isOver?: true;
}

/** How much of a cap of the configuration is used, as the recorder measures it from time to time. */
export interface CapMeasured {
  readonly kind: 'cap.measured';
  readonly tsUs: number;
  readonly name: string;
  readonly usedBytes: number;
  readonly limitBytes: number;
  /** Shares of the limit that are to be told, smallest first. */
  readonly warnAt: readonly number[];
  readonly periodFromUs: number;
  readonly periodToUs: number;
  /** At the end of the period; absent when too little is known. */
  readonly forecastBytes?: number;
  /** Days of history the forecast knows weekdays from; 0: it is the rate so far. */
  readonly patternDays?: number;
}

export type KaipoEvent = FlowEnded | DnsAsked | DnsAnswered | HttpExchanged | DeviceSeen | CapMeasured | AlertRaised;
export type EventKind = KaipoEvent['kind'];
export type EventOf<Kind extends EventKind> = Extract<KaipoEvent, { kind: Kind }>;

/** Where analyzers put events. Never blocks, never throws; what does not fit is counted by the bus. */
export interface EventWriter {
  write(event: KaipoEvent): void;
}
