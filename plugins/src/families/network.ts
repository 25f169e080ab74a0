// Plugins for what networks need to run: names, time, addresses, directories, management: one line each, nothing else.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';
import { bfdPlugin } from '../protocols/bfd/index.js';
import { bgpPlugin } from '../protocols/bgp/index.js';
import { canPlugin } from '../protocols/can/index.js';
import { capwapPlugin } from '../protocols/capwap/index.js';
import { cnpIpPlugin } from '../protocols/cnp-ip/index.js';
import { cphaPlugin } from '../protocols/cpha/index.js';
import { dcerpcPlugin } from '../protocols/dcerpc/index.js';
import { dhcpPlugin } from '../protocols/dhcp/index.js';
import { dhcpv6Plugin } from '../protocols/dhcpv6/index.js';
import { diameterPlugin } from '../protocols/diameter/index.js';
import { dlepPlugin } from '../protocols/dlep/index.js';
import { eaqPlugin } from '../protocols/eaq/index.js';
import { flutePlugin } from '../protocols/flute/index.js';
import { hsrpPlugin } from '../protocols/hsrp/index.js';
import { ipProtocolsPlugin } from '../protocols/ip-protocols/index.js';
import { kerberosPlugin } from '../protocols/kerberos/index.js';
import { ldapPlugin } from '../protocols/ldap/index.js';
import { ldpPlugin } from '../protocols/ldp/index.js';
import { lispPlugin } from '../protocols/lisp/index.js';
import { merakicloudPlugin } from '../protocols/merakicloud/index.js';
import { mndpPlugin } from '../protocols/mndp/index.js';
import { msdpPlugin } from '../protocols/msdp/index.js';
import { natPmpPlugin } from '../protocols/nat-pmp/index.js';
import { netbiosPlugin } from '../protocols/netbios/index.js';
import { netflowPlugin } from '../protocols/netflow/index.js';
import { ntpPlugin } from '../protocols/ntp/index.js';
import { openflowPlugin } from '../protocols/openflow/index.js';
import { ptpPlugin } from '../protocols/ptp/index.js';
import { radiusPlugin } from '../protocols/radius/index.js';
import { ripPlugin } from '../protocols/rip/index.js';
import { rmcpPlugin } from '../protocols/rmcp/index.js';
import { roughtimePlugin } from '../protocols/roughtime/index.js';
import { sflowPlugin } from '../protocols/sflow/index.js';
import { slpPlugin } from '../protocols/slp/index.js';
import { smbPlugin } from '../protocols/smb/index.js';
import { snmpPlugin } from '../protocols/snmp/index.js';
import { syslogPlugin } from '../protocols/syslog/index.js';
import { tacacsPlugin } from '../protocols/tacacs/index.js';
import { tftpPlugin } from '../protocols/tftp/index.js';
import { tplinkShpPlugin } from '../protocols/tplink-shp/index.js';
import { tuyaPlugin } from '../protocols/tuya/index.js';
import { ubntac2Plugin } from '../protocols/ubntac2/index.js';
import { uftpPlugin } from '../protocols/uftp/index.js';
import { wccpPlugin } from '../protocols/wccp/index.js';
import { winsPlugin } from '../protocols/wins/index.js';
import { wolPlugin } from '../protocols/wol/index.js';

/** The most certain first: magic numbers and names, then lengths to the byte, then what is asked on its own port only. */
export const networkPlugins: readonly KaipoPlugin[] = [
  ipProtocolsPlugin,
  smbPlugin,
  bgpPlugin,
  dhcpPlugin,
  netbiosPlugin,
  kerberosPlugin,
  wolPlugin,
  canPlugin,
  merakicloudPlugin,
  tuyaPlugin,
  roughtimePlugin,
  rmcpPlugin,
  snmpPlugin,
  ldapPlugin,
  dcerpcPlugin,
  sflowPlugin,
  netflowPlugin,
  ldpPlugin,
  diameterPlugin,
  tacacsPlugin,
  slpPlugin,
  ptpPlugin,
  ntpPlugin,
  radiusPlugin,
  syslogPlugin,
  openflowPlugin,
  flutePlugin,
  tplinkShpPlugin,
  tftpPlugin,
  dhcpv6Plugin,
  capwapPlugin,
  lispPlugin,
  natPmpPlugin,
  bfdPlugin,
  hsrpPlugin,
  ripPlugin,
  msdpPlugin,
  dlepPlugin,
  ubntac2Plugin,
  mndpPlugin,
  cphaPlugin,
  wccpPlugin,
  cnpIpPlugin,
  uftpPlugin,
  winsPlugin,
  eaqPlugin,
];
