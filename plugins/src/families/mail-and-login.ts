// Plugins for mail, files, shells, remote desktops, proxies: one line each, nothing else.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';
import { afpPlugin } from '../protocols/afp/index.js';
import { anyDeskPlugin } from '../protocols/anydesk/index.js';
import { bjnpPlugin } from '../protocols/bjnp/index.js';
import { cephPlugin } from '../protocols/ceph/index.js';
import { checkmkPlugin } from '../protocols/checkmk/index.js';
import { citrixPlugin } from '../protocols/citrix/index.js';
import { collectdPlugin } from '../protocols/collectd/index.js';
import { dictPlugin } from '../protocols/dict/index.js';
import { fingerPlugin } from '../protocols/finger/index.js';
import { fixPlugin } from '../protocols/fix/index.js';
import { ftpPlugin } from '../protocols/ftp/index.js';
import { ftpDataPlugin } from '../protocols/ftp-data/index.js';
import { gitPlugin } from '../protocols/git/index.js';
import { gopherPlugin } from '../protocols/gopher/index.js';
import { hl7Plugin } from '../protocols/hl7/index.js';
import { hpVirtgrpPlugin } from '../protocols/hp-virtgrp/index.js';
import { identPlugin } from '../protocols/ident/index.js';
import { imapPlugin } from '../protocols/imap/index.js';
import { ircPlugin } from '../protocols/irc/index.js';
import { iscsiPlugin } from '../protocols/iscsi/index.js';
import { jetDirectPlugin } from '../protocols/jetdirect/index.js';
import { kismetPlugin } from '../protocols/kismet/index.js';
import { lotusNotesPlugin } from '../protocols/lotus-notes/index.js';
import { lpdPlugin } from '../protocols/lpd/index.js';
import { lustrePlugin } from '../protocols/lustre/index.js';
import { muninPlugin } from '../protocols/munin/index.js';
import { nfsPlugin } from '../protocols/nfs/index.js';
import { nntpPlugin } from '../protocols/nntp/index.js';
import { noMachinePlugin } from '../protocols/nomachine/index.js';
import { pop3Plugin } from '../protocols/pop3/index.js';
import { radminPlugin } from '../protocols/radmin/index.js';
import { rdpPlugin } from '../protocols/rdp/index.js';
import { ripeAtlasPlugin } from '../protocols/ripe-atlas/index.js';
import { rshPlugin } from '../protocols/rsh/index.js';
import { rsyncPlugin } from '../protocols/rsync/index.js';
import { rxPlugin } from '../protocols/rx/index.js';
import { sapPlugin } from '../protocols/sap/index.js';
import { smtpPlugin } from '../protocols/smtp/index.js';
import { socksPlugin } from '../protocols/socks/index.js';
import { spicePlugin } from '../protocols/spice/index.js';
import { sshPlugin } from '../protocols/ssh/index.js';
import { svnPlugin } from '../protocols/svn/index.js';
import { teamViewerPlugin } from '../protocols/teamviewer/index.js';
import { telnetPlugin } from '../protocols/telnet/index.js';
import { vmwarePlugin } from '../protocols/vmware/index.js';
import { vncPlugin } from '../protocols/vnc/index.js';
import { whoisPlugin } from '../protocols/whois/index.js';
import { x11Plugin } from '../protocols/x11/index.js';
import { xdmcpPlugin } from '../protocols/xdmcp/index.js';
import { xmppPlugin } from '../protocols/xmpp/index.js';
import { z3950Plugin } from '../protocols/z3950/index.js';
import { zabbixPlugin } from '../protocols/zabbix/index.js';

export const mailAndLoginPlugins: readonly KaipoPlugin[] = [
  sshPlugin,
  rdpPlugin,
  vncPlugin,
  spicePlugin,
  rsyncPlugin,
  gitPlugin,
  svnPlugin,
  iscsiPlugin,
  nfsPlugin,
  cephPlugin,
  lustrePlugin,
  zabbixPlugin,
  checkmkPlugin,
  muninPlugin,
  kismetPlugin,
  ripeAtlasPlugin,
  bjnpPlugin,
  hl7Plugin,
  fixPlugin,
  citrixPlugin,
  noMachinePlugin,
  lotusNotesPlugin,
  jetDirectPlugin,
  vmwarePlugin,
  dictPlugin,
  smtpPlugin,
  ftpPlugin,
  imapPlugin,
  pop3Plugin,
  nntpPlugin,
  xmppPlugin,
  ircPlugin,
  x11Plugin,
  afpPlugin,
  z3950Plugin,
  collectdPlugin,
  sapPlugin,
  socksPlugin,
  telnetPlugin,
  radminPlugin,
  teamViewerPlugin,
  hpVirtgrpPlugin,
  rxPlugin,
  xdmcpPlugin,
  rshPlugin,
  whoisPlugin,
  fingerPlugin,
  identPlugin,
  gopherPlugin,
  lpdPlugin,
  anyDeskPlugin,
  ftpDataPlugin,
];
