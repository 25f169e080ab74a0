// Ports whose use is settled enough to name a flow by the port alone. Data only.
// Source: IANA Service Name and Transport Protocol Port Number Registry (RFC 6335), reduced by hand to services that are met in
// practice under that port; where everyday use differs from the registry (Redis, MongoDB, WireGuard, …) the software's own
// documented default. Names are those of the analyzers that recognise the protocol from its payload, where there is one.

/** One line a transport: `name port[,port…]`, separated by semicolons. */
export const TCP_PORTS = `
  echo 7; discard 9; daytime 13; chargen 19; ftp-data 20; ftp 21; ssh 22; telnet 23; smtp 25,587,2525; time 37; wins 42; whois 43; tacacs 49;
  dns 53; gopher 70; finger 79; http 80,8000,8080,8008; kerberos 88; cotp 102; pop3 110; sunrpc 111; ident 113; nntp 119; ntp 123;
  dcerpc 135; nbss 139; imap 143; bgp 179; irc 194,6667; z3950 210; ldap 389,3268; slp 427; tls 443,8443; smb 445; kpasswd 464; smtps 465;
  modbus 502; rexec 512; rlogin 513; rsh 514; lpd 515; afp 548; rtsp 554,8554; nntps 563; ipp 631; ldaps 636,3269; msdp 639; ldp 646;
  tinc 655; dot 853; dlep 854; rsync 873; vmware 902; lustre 988; ftps 989,990; telnets 992; imaps 993; pop3s 995; socks 1080;
  openvpn 1194; lotus-notes 1352; tds 1433; citrix 1494,2598; oracle 1521; perforce 1666; h323 1720; pptp 1723; mqtt 1883; rtmp 1935;
  skinny 2000; nfs 2049; radsec 2083; zookeeper 2181; docker 2375,2376; etcd 2379,2380; cvs 2401; iec104 2404; hl7 2575; dict 2628;
  smpp 2775; megaco 2944; firebird 3050; http-proxy 3128; iscsi 3260; ceph 3300,6789; mysql 3306; rdp 3389; stun 3478; distcc 3632;
  svn 3690; diameter 3868; nats 4222; epmd 4369; salt 4505,4506; gearman 4730; ipfix 4739; opcua 4840; hislip 4880; radmin 4899;
  munin 4949; sip 5060; sips 5061; hart-ip 5094; iperf 5201; xmpp 5222,5269; stuns 5349; mdns 5353; llmnr 5355; postgresql 5432;
  rabbitmq-stream 5552; nrpe 5666; amqps 5671; amqp 5672; hazelcast 5701; vnc 5900,5901; teamviewer 5938; couchdb 5984; winrm 5985,5986;
  x11 6000; redis 6379; kubernetes 6443; syslog-tls 6514; checkmk 6556; openflow 6633,6653; ircs 6697; bittorrent 6881; bolt 7687;
  puppet 8140; bitcoin 8333; mqtts 8883; cassandra 9042; kafka 9092; jetdirect 9100; elasticsearch 9200; git 9418; fins 9600;
  zabbix 10050,10051; dicom 11112; memcached 11211; doip 13400; db-lsp 17500; dnp3 20000; minecraft 25565; mongodb 27017;
  rethinkdb 28015; ethernet-ip 44818; ads 48898; stomp 61613; openwire 61616
`;

export const UDP_PORTS = `
  echo 7; discard 9; daytime 13; chargen 19; time 37; tacacs 49; dns 53; dhcp 67,68; tftp 69; kerberos 88; sunrpc 111; ntp 123; nbns 137;
  nbdgm 138; snmp 161,162; xdmcp 177; ptp 319,320; ldap 389; slp 427; quic 443; kpasswd 464; ike 500,4500; syslog 514; rip 520; ripng 521;
  dhcpv6 546,547; rmcp 623; ldp 646; doq 853; dlep 854; openvpn 1194; l2tp 1701; radius 1645,1646,1812,1813,3799; h323 1719; ssdp 1900;
  mqtt-sn 1884; hsrp 1985,2029; nfs 2049; netflow 2055; gtp 2123,2152,3386; ethernet-ip 2222,44818; mgcp 2427,2727; megaco 2944;
  glbp 3222; rdp 3389; stun 3478; teredo 3544; knx 3671; wsd 3702; bfd 3784,3785,4784; lisp 4341,4342; iax 4569; ieee-c37118 4713;
  ipfix 4739; vxlan 4789; ether-s-bus 5050; sip 5060; ayiya 5072; hart-ip 5094; capwap 5246,5247; nat-pmp 5350,5351; mdns 5353; llmnr 5355;
  mndp 5678; coap 5683; coaps 5684; geneve 6081; sflow 6343; tuya 6667; bittorrent 6881; rx 7000,7001,7002,7003; merakicloud 7351;
  rtps 7400,7401; cpha 8116; bjnp 8611,8612,8613,8614; pfcp 8805; fins 9600; teamspeak 9987; zerotier 9993; ubntac2 10001;
  memcached 11211; doip 13400; trdp 17224,17225; db-lsp 17500; minecraft 19132; collectd 25826; source-engine 27015;
  someip 30490; profinet-io 34964; tailscale 41641; bacnet 47808; wireguard 51820; spotify 57621; mumble 64738
`;

/** A table above as [name, ports]. */
export function parsePortTable(table: string): [string, number[]][] {
  return table.split(';').map((entry) => {
    const [name = '', ports = ''] = entry.trim().split(' ');
    return [name, ports.split(',').map(Number)];
  });
}
