// What holds a network together: names, addresses, time, directories, tickets, management, tunnels.
import type { Peer } from './peer.js';

export const NETWORK: readonly Peer[] = [
  {
    name: 'unbound',
    needs: ['unbound', 'kdig', 'dig'],
    ports: [53, 5399],
    script: `certificate
printf 'server:\\n interface: 127.0.0.1@%s\\n interface: 127.0.0.1@853\\n tls-port: 853\\n tls-service-key: %s/key.pem\\n tls-service-pem: %s/cert.pem\\n do-daemonize: no\\n chroot: ""\\n username: ""\\n directory: "%s"\\n pidfile: ""\\n use-syslog: no\\n local-zone: "test." static\\n local-data: "www.peer.test. A 10.1.2.3"\\n local-data: "peer.test. MX 10 mx.peer.test."\\n' $PORT $D $D $D >u.conf
unbound -d -c u.conf & ready $PORT
dig +short -p $PORT @127.0.0.1 www.peer.test; dig +short -p $PORT @127.0.0.1 peer.test MX; dig +tcp +short -p $PORT @127.0.0.1 www.peer.test; dig +short -p $PORT @127.0.0.1 gone.test
dig +noedns -p $PORT @127.0.0.1 https www.peer.test | head -2; kdig +tls +short -p 853 @127.0.0.1 www.peer.test`,
    flows: [{ transport: 'udp', protocol: 'dns' }, { protocol: 'dns' }, { port: 853, protocol: ['tls', 'dot'] }],
  },
  {
    name: 'dnsmasq-dhcp',
    needs: ['dnsmasq', 'dhclient'],
    ports: [67],
    captureOn: 'v0',
    before: `mount -t tmpfs none /run; mkdir /run/netns; ip netns add far; ip link add v0 type veth peer name v1 netns far; ip addr add 10.99.0.1/24 dev v0; ip link set v0 up; ip -n far link set v1 up; sysctl -qw net.ipv6.conf.all.disable_ipv6=1`,
    script: `
dnsmasq -k -p 0 -i v0 --bind-interfaces --dhcp-range=10.99.0.50,10.99.0.60,1h --dhcp-leasefile=$D/l --dhcp-option=6,10.99.0.1 -u root -C /dev/null & ready 67
printf 'send host-name "printer-7";\\n' >d.conf; timeout 8 ip netns exec far dhclient -1 -cf d.conf -sf /bin/true -lf $D/dl -pf $D/dp v1; ip netns exec far dhclient -r -cf d.conf -sf /bin/true -lf $D/dl -pf $D/dp v1`,
    flows: [{ transport: 'udp', protocol: 'dhcp', details: { deviceName: 'printer-7' } }],
    also: ['dns', 'mdns'],
  },
  {
    name: 'slapd',
    needs: ['slapd', 'ldapsearch', 'slapadd'],
    ports: [389, 10389],
    script: `certificate; mkdir db
printf 'include /etc/ldap/schema/core.schema\\npidfile %s/pid\\nmodulepath /usr/lib/ldap\\nmoduleload back_mdb\\nTLSCertificateFile %s/cert.pem\\nTLSCertificateKeyFile %s/key.pem\\ndatabase mdb\\nsuffix dc=peer,dc=test\\nrootdn cn=admin,dc=peer,dc=test\\nrootpw geheim\\ndirectory %s/db\\n' $D $D $D $D >s.conf
slapd -d 0 -f s.conf -h ldap://127.0.0.1:$PORT/ & ready $PORT
export LDAPTLS_REQCERT=never H="-H ldap://127.0.0.1:$PORT"
printf 'dn: dc=peer,dc=test\\nobjectClass: dcObject\\nobjectClass: organization\\no: x\\ndc: peer\\n' | ldapadd $H -x -D cn=admin,dc=peer,dc=test -w geheim
ldapsearch $H -x -b dc=peer,dc=test | head -3; ldapsearch $H -ZZ -x -D cn=admin,dc=peer,dc=test -w geheim -b dc=peer,dc=test | head -3; ldapwhoami $H -Y EXTERNAL; ldapsearch $H -Y GSSAPI -b '' | head -2`,
    flows: [{ protocol: ['ldap', 'tls'], details: { userName: /admin/, subject: /dc=peer/, tlsVersion: '1.3' } }],
  },
  {
    name: 'krb5',
    needs: ['krb5kdc', 'kdb5_util', 'kadmin.local', 'kinit'],
    ports: [88, 10088],
    script: `
printf '[libdefaults]\\ndefault_realm = PEERS.TEST\\ndns_lookup_kdc = false\\n[realms]\\nPEERS.TEST = {\\n kdc = 127.0.0.1:%s\\n}\\n' $PORT >k.conf
printf '[kdcdefaults]\\n kdc_listen = 127.0.0.1:%s\\n kdc_tcp_listen = 127.0.0.1:%s\\n[realms]\\nPEERS.TEST = {\\n database_name = %s/p\\n key_stash_file = %s/st\\n}\\n' $PORT $PORT $D $D >kdc.conf
export KRB5_CONFIG=$D/k.conf KRB5_KDC_PROFILE=$D/kdc.conf KRB5CCNAME=$D/cc
kdb5_util create -s -r PEERS.TEST -P geheim >/dev/null; kadmin.local addprinc -pw geheim +requires_preauth eva >/dev/null; kadmin.local addprinc -randkey host/peer.test >/dev/null
krb5kdc -n & ready $PORT; echo geheim | kinit eva; kvno host/peer.test
sed -i "s/^dns/udp_preference_limit = 1\\ndns/" k.conf; echo geheim | kinit eva`,
    flows: [{ transport: 'udp', protocol: 'kerberos', details: { userName: /eva/ } }, { protocol: 'kerberos' }],
  },
  {
    name: 'snmp',
    needs: ['snmpd', 'snmpget', 'snmpwalk'],
    ports: [161, 10161],
    script: `
printf 'rocommunity public\\ncreateUser eva SHA geheimgeheim AES geheimgeheim\\nrouser eva\\nsysName box-9\\n' >s.conf
snmpd -f -Lo -C -c s.conf --persistentDir=$D 127.0.0.1:$PORT >/dev/null & ready $PORT
snmpget -v1 -c public 127.0.0.1:$PORT 1.3.6.1.2.1.1.5.0; snmpwalk -v2c -c public 127.0.0.1:$PORT 1.3.6.1.2.1.1 | head -2; snmpbulkget -v2c -c public 127.0.0.1:$PORT 1.3.6.1.2.1.1
snmpget -v3 -u eva -l authPriv -a SHA -A geheimgeheim -x AES -X geheimgeheim 127.0.0.1:$PORT 1.3.6.1.2.1.1.5.0; snmptrap -v2c -c public 127.0.0.1:$PORT '' 1.3.6.1.6.3.1.1.5.1`,
    flows: [{ transport: 'udp', protocol: 'snmp', details: { userName: 'eva', deviceName: 'box-9' } }],
  },
  {
    name: 'rsyslog',
    needs: ['rsyslogd', 'logger'],
    ports: [514, 10514],
    script: `
printf 'module(load="imudp")\\nmodule(load="imtcp")\\ninput(type="imudp" address="127.0.0.1" port="%s")\\ninput(type="imtcp" address="127.0.0.1" port="%s")\\n*.* /dev/null\\n' $PORT $PORT >r.conf
rsyslogd -n -f $D/r.conf -i $D/pid & ready $PORT
for o in -d -T; do logger -n 127.0.0.1 -P $PORT $o -t app --rfc3164 hello there; logger -n 127.0.0.1 -P $PORT $o -t app --rfc5424 hello again; done; logger -n 127.0.0.1 -P $PORT -T --octet-count -t app counted`,
    flows: [{ transport: 'udp', protocol: 'syslog' }, { protocol: 'syslog' }],
  },
  {
    name: 'freeradius',
    needs: ['freeradius', 'radtest'],
    ports: [1812, 11812],
    script: `
cp -r /etc/freeradius/3.0 r; cd r; sed -i "s/^\\(\\s*\\)port = 0/\\1port = $PORT/; s/ipaddr = \\*/ipaddr = 127.0.0.1/" sites-available/default; rm -f sites-enabled/inner-tunnel mods-enabled/eap; sed -i '/^\\s*eap *{/,/}/d; s/^\\s*-\\?eap$//; s/^\\s*Post-Auth-Type Challenge/&/' sites-available/default
sed -i '0,/^/s//eva Cleartext-Password := "geheim"\\n/' mods-config/files/authorize; sed -i 's/^\\s*user = .*/user = root/; s/^\\s*group = .*/group = root/' radiusd.conf; cd ..
freeradius -f -d $D/r -n radiusd -l $D/log & sleep 1.5; radtest eva geheim 127.0.0.1:$PORT 1 testing123 | tail -2; tail -2 log`,
    flows: [{ transport: 'udp', protocol: 'radius', details: { userName: 'eva' } }],
    also: ['radius'],
  },
  {
    name: 'rpcbind',
    needs: ['rpcbind', 'rpcinfo'],
    ports: [111],
    script: `mount -t tmpfs none /run; rpcbind -f -w & ready 111; rpcinfo -p 127.0.0.1 | head -3; rpcinfo -T tcp 127.0.0.1 rpcbind; rpcinfo -T udp 127.0.0.1 rpcbind`,
    flows: [{ protocol: 'portmap' }, { transport: 'udp', protocol: 'portmap' }],
  },
  {
    name: 'chrony',
    needs: ['chronyd', 'ntpdig'],
    ports: [123],
    script: `printf 'port %s\\ncmdport 0\\npidfile %s/c.pid\\nbindaddress 127.0.0.1\\nallow\\nlocal stratum 8\\n' $PORT $D >c.conf; chronyd -d -x -u root -f $D/c.conf & ready $PORT; ntpdig -S 127.0.0.1`,
    flows: [{ transport: 'udp', protocol: 'ntp' }],
  },
  {
    name: 'openvpn',
    needs: ['openvpn', 'openssl'],
    ports: [1194, 11194],
    script: `certificate; [ -e /dev/net/tun ] || { mkdir -p /dev/net; mknod /dev/net/tun c 10 200; }
A="--ca cert.pem --cert cert.pem --key key.pem --verb 1 --dev null --ifconfig-noexec --route-noexec"
for p in udp tcp; do
  openvpn --proto \${p/tcp/tcp-server} --tls-server --dh none --local 127.0.0.1 --lport $PORT $A >s-$p.log & s=$!; ready $PORT
  timeout 3 openvpn --proto \${p/tcp/tcp-client} --tls-client --remote 127.0.0.1 $PORT --nobind $A >c-$p.log; kill $s; wait $s; tail -n 2 s-$p.log c-$p.log
done
openvpn --genkey secret ta.key
openvpn --proto udp --tls-server --dh none --local 127.0.0.1 --lport $((PORT+1)) --tls-crypt ta.key $A >/dev/null & ready $((PORT+1)); timeout 3 openvpn --proto udp --tls-client --remote 127.0.0.1 $((PORT+1)) --nobind --tls-crypt ta.key $A >/dev/null`,
    flows: [{ transport: 'udp', protocol: 'openvpn' }, { protocol: 'openvpn' }],
    also: ['openvpn'],
  },
  {
    name: 'wireguard',
    needs: ['wireguard-go', 'wg'],
    ports: [51820, 11820],
    script: `mount -t tmpfs none /run; mkdir /run/netns; ip netns add far; [ -e /dev/net/tun ] || { mkdir -p /dev/net; mknod /dev/net/tun c 10 200; }
ip link add v0 type veth peer name v1; for k in a b; do wg genkey >$k; wg pubkey <$k >$k.pub; done
WG_PROCESS_FOREGROUND=1 wireguard-go -f wga >/dev/null 2>&1 & WG_PROCESS_FOREGROUND=1 wireguard-go -f wgb >/dev/null 2>&1 & sleep 1
wg set wga listen-port $PORT private-key a peer $(cat b.pub) allowed-ips 10.98.0.2/32 endpoint 127.0.0.1:$((PORT+1)); wg set wgb listen-port $((PORT+1)) private-key b peer $(cat a.pub) allowed-ips 10.98.0.1/32 endpoint 127.0.0.1:$PORT
ip link set wgb netns far; ip addr add 10.98.0.1/24 dev wga; ip link set wga up; ip -n far addr add 10.98.0.2/24 dev wgb; ip -n far link set wgb up; ping -c 3 -i 0.3 -W 1 10.98.0.2`,
    flows: [{ transport: 'udp', protocol: 'wireguard' }],
  },
  {
    name: 'strongswan',
    needs: ['/usr/lib/ipsec/charon', 'swanctl'],
    ports: [500],
    captureOn: 'v0',
    before: `mount -t tmpfs none /run; mkdir /run/netns; ip netns add far; ip link add v0 type veth peer name v1 netns far; ip addr add 10.97.0.1/24 dev v0; ip link set v0 up; ip -n far addr add 10.97.0.2/24 dev v1; ip -n far link set v1 up; ip -n far link set lo up; sysctl -qw net.ipv6.conf.all.disable_ipv6=1`,
    script: `
for s in a b; do [ $s = a ] && l=1 r=2 n= || { l=2; r=1; n='ip netns exec far'; }
mkdir -p $s/swanctl; printf 'charon {\\n port = 500\\n piddir = %s/%s\\n plugins {\\n vici {\\n socket = unix://%s/%s/vici\\n}\\n}\\n}\\n' $D $s $D $s >$s/strongswan.conf
printf 'connections {\\n c {\\n local_addrs = 10.97.0.%s\\n remote_addrs = 10.97.0.%s\\n local {\\n auth = psk\\n id = %s.test\\n}\\n remote {\\n auth = psk\\n}\\n children {\\n k {\\n mode = transport\\n}\\n}\\n}\\n}\\nsecrets {\\n ike {\\n secret = geheim\\n}\\n}\\n' $l $r $s >$s/swanctl/swanctl.conf
STRONGSWAN_CONF=$D/$s/strongswan.conf $n /usr/lib/ipsec/charon >$s/log 2>&1 & done; for try in $(seq 100); do [ -S a/vici ] && [ -S b/vici ] && break; sleep 0.1; done
for s in a b; do swanctl --load-all --uri unix://$D/$s/vici --file $D/$s/swanctl/swanctl.conf; done; timeout 6 swanctl --initiate --child k --uri unix://$D/a/vici 2>&1 | tail -2`,
    flows: [{ transport: 'udp', protocol: ['ike', 'ipsec'] }],
    also: ['ike', 'ipsec'],
  },
  {
    name: 'l2tp',
    needs: ['xl2tpd'],
    ports: [1701],
    captureOn: 'v0',
    before: `mount -t tmpfs none /run; mkdir -p /run/netns /run/xl2tpd; ip netns add far; ip link add v0 type veth peer name v1 netns far; ip addr add 10.96.0.1/24 dev v0; ip link set v0 up; ip -n far addr add 10.96.0.2/24 dev v1; ip -n far link set v1 up; sysctl -qw net.ipv6.conf.all.disable_ipv6=1`,
    script: `
printf '[global]\\nauth file = /dev/null\\n[lns default]\\nip range = 10.95.0.2-10.95.0.9\\nlocal ip = 10.95.0.1\\n' >s.conf; printf '[global]\\nauth file = /dev/null\\n[lac c]\\nlns = 10.96.0.1\\nautodial = yes\\n' >c.conf
xl2tpd -D -c $D/s.conf -p $D/p1 -C $D/c1 2>/dev/null & sleep 0.5; timeout 4 ip netns exec far xl2tpd -D -c $D/c.conf -p $D/p2 -C $D/c2 2>&1 | tail -3`,
    flows: [{ transport: 'udp', protocol: 'l2tp', details: { deviceName: /./ } }],
    also: ['ppp'],
  },
  {
    name: 'pptp',
    needs: ['pptpd', 'pptp'],
    ports: [1723],
    before: 'ip addr add 10.91.0.1/24 dev lo',
    script: `printf 'localip 10.94.0.1\\nremoteip 10.94.0.2-9\\nlisten 127.0.0.1\\n' >p.conf; pptpd -f -c $D/p.conf -p $D/pid & ready 1723; timeout 4 pptp localhost --nolaunchpppd 2>&1 | tail -3`,
    flows: [{ protocol: 'pptp' }],
    also: ['gre'],
  },
];
