// One program that people run, and what must be said of its traffic. Owns: the shape of an entry and the shell words it may use.

/** A flow that must be in the capture. */
export interface ExpectedFlow {
  /** Server's port; absent: the port of this round. */
  readonly port?: number;
  /** Absent: tcp. */
  readonly transport?: 'tcp' | 'udp' | 'sctp' | 'icmp' | string;
  /** By payload. Several: any of them. */
  readonly protocol: string | readonly string[];
  /** What the record must say besides; a pattern is looked for in the field's text. At least one of the flows must agree. */
  readonly details?: Readonly<Record<string, string | RegExp>>;
}

export interface Peer {
  readonly name: string;
  /** Programs that must be installed. */
  readonly needs: readonly string[];
  /** Rounds: the standard port first, then another. */
  readonly ports: readonly number[];
  /**
   * bash, in a network and process namespace of its own (loopback only, MTU 1500), in a folder that is taken away afterwards.
   * PORT is the port of the round. Servers go to the background; `ready PORT...` waits until something listens there.
   */
  readonly script: string;
  /** Run before the capture begins: interfaces, files. */
  readonly before?: string;
  /** Interface; absent: lo. */
  readonly captureOn?: string;
  readonly flows: readonly ExpectedFlow[];
  /** Names by payload that may be there besides, on any port. */
  readonly also?: readonly string[];
}

/** A script is run after these lines. */
export const SHELL_WORDS = `
export LC_ALL=C.UTF-8 HOME=$PWD D=$PWD PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export no_proxy= http_proxy= https_proxy=
# Looks, does not knock: the capture holds what the client says, nothing else.
ready() {
  for port in "$@"; do
    for i in $(seq 200); do
      ss -Hlntu | awk '{print $5}' | grep -q ":$port\\$" && continue 2
      sleep 0.1
    done
    echo "nothing listens on $port" >&2; exit 1
  done
}
as() { local user=$1; shift; chown -R "$user" "$D"; setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"; }
certificate() { openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 30 -subj /CN=peer.test \\
  -addext subjectAltName=DNS:peer.test,DNS:localhost,IP:127.0.0.1 2>/dev/null; cat key.pem cert.pem >both.pem; chmod 644 *.pem; }
`;
