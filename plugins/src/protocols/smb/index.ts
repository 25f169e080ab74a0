// SMB 1 to 3 over port 445 and the NetBIOS session service (RFC 1001, RFC 1002; MS-CIFS, MS-SMB2). Owns: naming the flow.
// What is read is `smb-reader.ts`.
import {
  defineProtocols,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolSpec,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import {
  isNetbiosName,
  NBSS_HEADER_LEN,
  NBSS_MESSAGE,
  NBSS_REQUEST,
  NETBIOS_NAME_LEN,
  nbssLength,
} from '@kaipo/core/wire/netbios.js';
import { isSmb } from '@kaipo/core/wire/smb.js';
import { SmbReader } from './smb-reader.js';

const PORTS = [445, 139];

/** Windows file sharing (SMB 1, 2, 3): dialect, shares, who logs in. */
const smbSpec: ProtocolSpec = {
  name: 'smb',
  transports: ['tcp'],
  ports: PORTS,
  firstBytes: [NBSS_MESSAGE],
  probe,
  open: (flow) => new SmbReader(flow),
};

/** NetBIOS sessions, before SMB speaks in them. */
const nbssSpec: ProtocolSpec = {
  name: 'nbss',
  transports: ['tcp'],
  ports: [139],
  firstBytes: [NBSS_REQUEST],
  probe: probeSession,
  open: (flow) => new SmbReader(flow),
};

export const smbPlugin = defineProtocols(
  'smb',
  'Windows file sharing (SMB 1, 2, 3) and its NetBIOS sessions: dialect, shares, who logs in',
  [smbSpec, nbssSpec],
);

const MIN_LEN = 32;

/** A session message that begins with the magic number of a version. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < NBSS_HEADER_LEN + 4) return UNSURE;
  return nbssLength(bytes, start) >= MIN_LEN && isSmb(bytes, start + NBSS_HEADER_LEN) ? MATCH : NOT_MINE;
}

/** A session request: the name that is called, then the name of the caller. */
function probeSession(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < NBSS_HEADER_LEN + NETBIOS_NAME_LEN) return UNSURE;
  if (nbssLength(bytes, start) < NETBIOS_NAME_LEN * 2) return NOT_MINE;
  return isNetbiosName(bytes, start + NBSS_HEADER_LEN, end) ? MATCH : NOT_MINE;
}
