// Ports whose use is settled enough to name a flow by the port alone. Data only.
// Source: IANA Service Name and Transport Protocol Port Number Registry (RFC 6335), reduced by hand to services that are met in
// practice under that port; where everyday use differs from the registry (Redis, MongoDB, WireGuard, …) the software's own
// documented default. Names are those of the analyzers that recognise the protocol from its payload, where there is one.

/** One line a transport: `name port[,port…]`, separated by semicolons. */
export const TCP_PORTS = `
  echo 7; discard 9; daytime 13; chargen 19; ftp-data 20; ftp 21; ssh 22; telnet 23; smtp 25,587,2525; time 37; whois 43; tacacs 49;
  dns 53; gopher 70; finger 79; http 80,8000,8080,8008; kerberos 88; pop3 110; sunrpc 111; ident 113; nntp 119; ntp 123; dcerpc 135;
  netbios-ssn 139; imap 143; bgp 179; irc 194,6667; ldap 389,3268; slp 427; tls 443,8443; smb 445; kpasswd 464; smtps 465;
  rexec 512; rlogin 513; rsh 514; lpd 515; afp 548; rtsp 554,8554; nntps 563; ipp 631; ldaps 636,3269; msdp 639; ldp 646;
  dot 853; rsync 873; imaps 993; pop3s 995; socks 1080; openvpn 1194; mssql 1433; oracle 1521; pptp 1723; mqtt 1883;
  rtmp 1935; nfs 2049; docker 2375; zookeeper 2181; etcd 2379,2380; mysql 3306; rdp 3389; svn 3690; iscsi 3260;
  diameter 3868; epmd 4369; sip 5060; sips 5061; xmpp 5222,5269; postgresql 5432; amqp 5672; amqps 5671; llmnr 5355; mdns 5353;
  vnc 5900,5901; couchdb 5984; winrm 5985,5986; x11 6000; redis 6379; kubernetes 6443; bittorrent 6881; ircs 6697; cassandra 9042; http-proxy 3128;
  mqtts 8883; kafka 9092; jetdirect 9100; elasticsearch 9200; git 9418; zabbix 10050,10051;
  memcached 11211; mongodb 27017; modbus 502; s7comm 102; iec104 2404; opcua 4840; ethernet-ip 44818; dnp3 20000; checkmk 6556; nats 4222;
  stomp 61613; openwire 61616; ipfix 4739; puppet 8140; salt 4505,4506; bitcoin 8333; minecraft 25565; teamviewer 5938;
  munin 4949; db-lsp 17500; nrpe 5666; syslog-tls 6514; radsec 2083; stun 3478; stuns 5349
`;

export const UDP_PORTS = `
  echo 7; discard 9; daytime 13; chargen 19; time 37; tacacs 49; dns 53; dhcp 67,68; tftp 69; kerberos 88; sunrpc 111; ntp 123; netbios-ns 137;
  netbios-dgm 138; snmp 161,162; xdmcp 177; ldap 389; slp 427; quic 443; kpasswd 464; ike 500,4500; syslog 514; rip 520; ripng 521;
  dhcpv6 546,547; ldp 646; rmcp 623; doq 853; openvpn 1194; l2tp 1701; radius 1812,1813,1645,1646; ssdp 1900; hsrp 1985; nfs 2049;
  gtp 2123,2152; netflow 2055; vxlan 4789; teredo 3544; stun 3478; bfd 3784,3785,4784; ws-discovery 3702; ipfix 4739; sip 5060;
  capwap 5246,5247; nat-pmp 5350,5351; mdns 5353; llmnr 5355; coap 5683; coaps 5684; geneve 6081; sflow 6343; bittorrent 6881; iax 4569;
  collectd 25826; wireguard 51820; bacnet 47808; knx 3671; ethernet-ip 2222,44818; ptp 319,320; lisp 4341,4342; memcached 11211; minecraft 19132;
  profinet 34964; source-engine 27015; someip 30490; tailscale 41641; mqtt-sn 1884; zerotier 9993; db-lsp 17500; bjnp 8611,8612,8613,8614;
  rx 7000,7001,7002,7003
`;

/** A table above as [name, ports]. */
export function parsePortTable(table: string): [string, number[]][] {
  return table.split(';').map((entry) => {
    const [name = '', ports = ''] = entry.trim().split(' ');
    return [name, ports.split(',').map(Number)];
  });
}
