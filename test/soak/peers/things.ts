// Voice, screens, printing, discovery, sharing, games, monitoring and machines.
import type { Peer } from './peer.js';

export const THINGS: readonly Peer[] = [
  {
    name: 'coturn',
    needs: ['turnserver', 'turnutils_uclient', 'turnutils_stunclient'],
    ports: [3478, 13478],
    script: `
turnserver -n -a -u eva:geheim -r peer.test -L 127.0.0.1 -E 127.0.0.1 -p $PORT --no-tls --no-dtls --allow-loopback-peers --no-cli --pidfile $D/p -l $D/log --min-port 50000 --max-port 50100 >/dev/null & ready $PORT
turnutils_stunclient -p $PORT 127.0.0.1 | tail -2; turnutils_peer -L 127.0.0.1 -p 3999 >/dev/null &
timeout 8 turnutils_uclient -n 3 -m 1 -u eva -w geheim -p $PORT -e 127.0.0.1 -r 3999 -X -y 127.0.0.1 | tail -2; timeout 8 turnutils_uclient -t -n 3 -m 1 -u eva -w geheim -p $PORT -e 127.0.0.1 -r 3999 127.0.0.1 | tail -2`,
    flows: [{ transport: 'udp', protocol: 'stun', details: { serverSoftware: /Coturn/ } }, { protocol: 'stun' }],
    also: ['stun', 'rtp'],
  },
  {
    name: 'sipp',
    needs: ['sipp'],
    ports: [5060, 15060],
    script: `
sipp -sn uas -i 127.0.0.1 -p $PORT -bg >/dev/null; sipp -sn uas -t t1 -i 127.0.0.1 -p $PORT -bg >/dev/null; ready $PORT; sleep 0.3
timeout 10 sipp -sn uac -i 127.0.0.1 -p 16000 -m 2 -r 2 -d 300 127.0.0.1:$PORT >/dev/null; timeout 10 sipp -sn uac -t t1 -i 127.0.0.1 -p 16002 -m 1 -d 300 127.0.0.1:$PORT >/dev/null`,
    flows: [{ transport: 'udp', protocol: 'sip' }, { protocol: 'sip' }],
    also: ['rtp'],
  },
  {
    name: 'rtp',
    needs: ['ffmpeg'],
    ports: [5004, 15004],
    script: `
timeout 5 ffmpeg -v error -re -f lavfi -i sine -t 2 -c:a pcm_mulaw -ar 8000 -f rtp rtp://127.0.0.1:$PORT >/dev/null
timeout 5 ffmpeg -v error -re -f lavfi -i testsrc=size=160x120 -t 2 -c:v mpeg4 -f mpegts udp://127.0.0.1:$((PORT+10))?pkt_size=1316`,
    flows: [
      { transport: 'udp', protocol: 'rtp' },
      { transport: 'udp', port: 5014, protocol: 'mpeg-ts' },
    ].slice(0, 1),
    also: ['rtcp', 'mpeg-ts'],
  },
  {
    name: 'rtmp',
    needs: ['ffmpeg'],
    ports: [1935, 11935],
    script: `
timeout 8 ffmpeg -v error -listen 1 -i rtmp://127.0.0.1:$PORT/live/cam -t 1 -f null - & ready $PORT
timeout 5 ffmpeg -v error -re -f lavfi -i testsrc=size=160x120 -t 2 -c:v flv -f flv rtmp://127.0.0.1:$PORT/live/cam`,
    flows: [{ protocol: 'rtmp' }],
  },
  {
    name: 'mumble',
    needs: ['murmurd', 'openssl'],
    ports: [64738, 14738],
    script: `chmod 777 $D; printf 'database=%s/m.db\\nport=%s\\nhost=127.0.0.1\\nbonjour=False\\nlogfile=\\npidfile=\\n' $D $PORT >m.ini; QT_QPA_PLATFORM=offscreen murmurd -fg -ini m.ini 2>&1 | tail -5 & ready $PORT
/usr/bin/python3 -c "
import socket,struct
s=socket.socket(2,2); s.settimeout(1); s.sendto(struct.pack('>IQ',0,0x1122334455667788),('127.0.0.1',$PORT)); print(len(s.recv(100)))"
sleep 0.3 | openssl s_client -connect 127.0.0.1:$PORT 2>&1 | grep -m1 Protocol`,
    flows: [{ transport: 'udp', protocol: 'mumble' }, { protocol: 'tls' }],
  },
  {
    name: 'icecast',
    needs: ['icecast2', 'ffmpeg', 'curl'],
    ports: [8000, 18000],
    script: `
printf '<icecast><limits><sources>2</sources></limits><authentication><source-password>geheim</source-password><admin-user>a</admin-user><admin-password>b</admin-password></authentication><hostname>localhost</hostname><listen-socket><port>%s</port><bind-address>127.0.0.1</bind-address></listen-socket><paths><logdir>%s</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths><security><chroot>0</chroot></security></icecast>' $PORT $D >i.xml
as nobody icecast2 -c i.xml 2>/dev/null & ready $PORT
timeout 4 ffmpeg -v error -re -f lavfi -i sine -t 3 -c:a libmp3lame -content_type audio/mpeg -f mp3 icecast://source:geheim@127.0.0.1:$PORT/live & sleep 1.5; timeout 1 curl -s -H 'Icy-MetaData: 1' http://127.0.0.1:$PORT/live | wc -c`,
    flows: [{ protocol: ['http', 'shoutcast'], details: { serverSoftware: /Icecast/ } }],
  },
  {
    name: 'vnc',
    needs: ['Xtigervnc', 'nc'],
    ports: [5900, 15900],
    script: `rm -f /tmp/.X77-lock /tmp/.X11-unix/X77; mkdir -p /tmp/.X11-unix; Xtigervnc :77 -rfbport $PORT -localhost -SecurityTypes None,VncAuth -geometry 320x200 >/dev/null 2>&1 & ready $PORT
/usr/bin/python3 -c "
import socket
s=socket.create_connection(('127.0.0.1',$PORT)); print(s.recv(12)); s.sendall(b'RFB 003.008\\n'); n=s.recv(20); print(n); s.sendall(b'\\x01'); print(s.recv(4)); s.sendall(b'\\x01'); print(s.recv(200)[24:])"`,
    flows: [{ protocol: 'vnc' }],
  },
  {
    name: 'xrdp',
    needs: ['xrdp', 'xfreerdp', 'Xvfb'],
    ports: [3389, 13389],
    script: `certificate; mkdir -p /run/xrdp; sed "s/^port=.*/port=tcp:\\/\\/127.0.0.1:$PORT/; s#^certificate=.*#certificate=$D/cert.pem#; s#^key_file=.*#key_file=$D/key.pem#" /etc/xrdp/xrdp.ini >x.ini; sed -i 's/^#\\?runtime.*//' x.ini
rm -f /tmp/.X78-lock /tmp/.X11-unix/X78; Xvfb :78 >/dev/null 2>&1 & export DISPLAY=:78
xrdp -n -c $D/x.ini >/dev/null 2>&1 & ready $PORT
for s in tls rdp nla; do timeout 4 xfreerdp /v:127.0.0.1:$PORT /u:eva /p:geheim /cert:ignore /sec:$s +auth-only 2>&1 | tail -1; done`,
    flows: [{ protocol: ['rdp', 'tls'] }],
  },
  {
    name: 'avahi',
    needs: ['avahi-daemon', 'avahi-browse', 'dbus-daemon'],
    ports: [5353],
    captureOn: 'v0',
    before: `mount -t tmpfs none /run; mkdir -p /run/dbus; ip link add v0 type veth peer name v1; ip addr add 10.93.0.1/24 dev v0; ip link set v0 up; ip link set v1 up; sysctl -qw net.ipv6.conf.all.disable_ipv6=1`,
    script: `dbus-daemon --system --fork; printf '[server]\\nhost-name=attic\\nuse-ipv6=no\\nallow-interfaces=v0\\nenable-dbus=yes\\n[rlimits]\\n' >a.conf; avahi-daemon --no-rlimits --no-drop-root --no-chroot -f a.conf 2>/dev/null & sleep 1.5
timeout 3 avahi-publish -s 'Attic printer' _ipp._tcp 631 & timeout 2 avahi-browse -rt _ipp._tcp | head -3; sleep 1.5`,
    flows: [{ transport: 'udp', protocol: 'mdns' }],
  },
  {
    name: 'cups',
    needs: ['cupsd', 'ipptool', 'lpstat'],
    ports: [631, 10631],
    script: `mkdir s c; chmod 777 $D s c; printf 'ServerRoot %s/s\\nCacheDir %s/c\\nStateDir %s/c\\nRequestRoot %s/c\\nSystemGroup root\\nLogFileGroup root\\nUser nobody\\nAccessLog %s/a\\nErrorLog %s/e\\n' $D $D $D $D $D $D >s/cups-files.conf
printf 'Listen 127.0.0.1:%s\\nBrowsing No\\nDefaultAuthType None\\n<Location />\\nOrder allow,deny\\nAllow all\\n</Location>\\n' $PORT >s/cupsd.conf
cupsd -f -c $D/s/cupsd.conf -s $D/s/cups-files.conf & ready $PORT; lpstat -h 127.0.0.1:$PORT -a; ipptool -q -tv ipp://127.0.0.1:$PORT/ get-printers.test | head -3`,
    flows: [{ protocol: ['ipp', 'http'], details: { serverSoftware: /CUPS/ } }],
  },
  {
    name: 'minidlna',
    needs: ['minidlnad', 'curl'],
    ports: [8200],
    captureOn: 'v0',
    before: `ip link add v0 type veth peer name v1; ip addr add 10.92.0.1/24 dev v0; ip link set v0 up; ip link set v1 up; ip route del 224.0.0.0/4 dev lo; sysctl -qw net.ipv6.conf.all.disable_ipv6=1`,
    script: `mkdir m; printf 'port=8200\\nnetwork_interface=v0\\nmedia_dir=%s/m\\ndb_dir=%s\\nlog_dir=%s\\nfriendly_name=attic\\nnotify_interval=1\\n' $D $D $D >m.conf; minidlnad -S -f m.conf -P $D/pid >/dev/null 2>&1 & ready 8200; sleep 2.5`,
    flows: [{ transport: 'udp', port: 1900, protocol: 'ssdp' }],
    also: ['igmp'],
  },
  {
    name: 'iperf3',
    needs: ['iperf3'],
    ports: [5201, 15201],
    script: `iperf3 -s -p $PORT -B 127.0.0.1 >/dev/null & ready $PORT; iperf3 -c 127.0.0.1 -p $PORT -t 1 -b 500K >/dev/null; sleep 1; iperf3 -u -c 127.0.0.1 -p $PORT -t 1 -b 200K | tail -3`,
    flows: [{ protocol: 'iperf3' }, { transport: 'udp', protocol: 'iperf3' }],
  },
  {
    name: 'bittorrent',
    needs: ['transmission-create', 'transmission-cli', '/usr/bin/python3'],
    ports: [51413, 16881],
    // Transmission does not speak to addresses of loopback.
    before: 'ip addr add 10.91.0.1/24 dev lo',
    script: `mkdir seed leech h1 h2; head -c 400000 /dev/urandom >seed/file
cat >tracker.py <<END
import http.server, struct, socket
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b'd8:intervali60e5:peers0:e' if '&port=$PORT&' in self.path else b'd8:intervali60e5:peers6:' + socket.inet_aton('10.91.0.1') + struct.pack('>H', $PORT) + b'e')
http.server.HTTPServer(('127.0.0.1', 6969), H).serve_forever()
END
/usr/bin/python3 tracker.py 2>/dev/null & ready 6969
transmission-create -t http://127.0.0.1:6969/announce -o t.torrent seed/file >/dev/null
HOME=$D/h1 transmission-cli -et -w seed -p $PORT t.torrent >/dev/null 2>&1 & ready $PORT; sleep 1
HOME=$D/h2 timeout 12 transmission-cli -et -w leech -p $((PORT+1)) t.torrent >/dev/null 2>&1; ls -l leech`,
    flows: [{ transport: 'udp', protocol: 'bittorrent', details: { application: 'BitTorrent' } }],
    also: ['bittorrent', 'http', 'dns', 'ssdp', 'nat-pmp'],
  },
  {
    name: 'coap',
    needs: ['coap-server-notls', 'coap-client-notls', 'coap-server-openssl', 'coap-client-openssl'],
    ports: [5683, 15683],
    script: `coap-server-notls -A 127.0.0.1 -p $PORT & ready $PORT; coap-client-notls -m get coap://127.0.0.1:$PORT/.well-known/core | head -c 80; coap-client-notls -m get coap+tcp://127.0.0.1:$PORT/time; coap-client-notls -m put -e hi coap://127.0.0.1:$PORT/example_data
coap-client-notls -s 2 -m get coap://127.0.0.1:$PORT/time
coap-server-openssl -A 127.0.0.1 -p 15700 -k geheim & ready 15701; coap-client-openssl -u eva -k geheim -m get coaps://127.0.0.1:15701/time`,
    flows: [
      { transport: 'udp', protocol: 'coap' },
      { protocol: 'coap' },
      { transport: 'udp', port: 15701, protocol: 'dtls' },
    ],
  },
  {
    name: 'modbus',
    needs: ['/usr/lib/python3/dist-packages/pymodbus/__init__.py'],
    ports: [502, 10502],
    script: `cat >s.py <<END
from pymodbus.server import StartTcpServer
from pymodbus.datastore import *
StartTcpServer(context=ModbusServerContext(slaves=ModbusSlaveContext(), single=True), address=('127.0.0.1', $PORT))
END
/usr/bin/python3 s.py 2>&1 | tail -1 & ready $PORT; timeout 5 /usr/bin/python3 -c "
from pymodbus.client import ModbusTcpClient as C
c=C('127.0.0.1',port=$PORT); c.connect(); c.write_register(1,10,slave=1); print(c.read_holding_registers(1,2,slave=1)); print(c.read_coils(0,8,slave=1)); c.close()"`,
    flows: [{ protocol: 'modbus' }],
  },
  {
    name: 'zabbix',
    needs: ['zabbix_agentd', 'nc'],
    ports: [10050, 20050],
    script: `printf 'Server=127.0.0.1\\nListenIP=127.0.0.1\\nListenPort=%s\\nLogType=console\\nPidFile=%s/pid\\nAllowRoot=1\\nHostname=peer\\nServerActive=127.0.0.1:20060\\n' $PORT $D >z.conf; zabbix_agentd -f -c $D/z.conf >/dev/null & ready $PORT
/usr/bin/python3 -c "
import socket,struct
s=socket.create_connection(('127.0.0.1',$PORT)); k=b'agent.version'; s.sendall(b'ZBXD\\x01'+struct.pack('<II',len(k),0)+k); print(s.recv(99))"`,
    flows: [{ protocol: 'zabbix' }],
  },
  {
    name: 'munin',
    needs: ['munin-node', 'nc'],
    ports: [4949, 14949],
    script: `printf 'port %s\\nhost 127.0.0.1\\nhost_name box-9\\ncidr_allow 127.0.0.1/32\\nlog_file %s/l\\npid_file %s/p\\nbackground 0\\nsetsid 0\\nuser root\\ngroup root\\n' $PORT $D $D >m.conf; munin-node --config $D/m.conf 2>&1 & ready $PORT
(sleep 2; printf 'cap multigraph\\nlist\\n'; sleep 0.3; printf 'nodes\\nversion\\nconfig cpu\\nquit\\n'; sleep 0.5) | nc -N 127.0.0.1 $PORT; tail -n 3 l`,
    flows: [{ protocol: 'munin' }],
  },
  {
    name: 'collectd',
    needs: ['collectd'],
    ports: [25826, 15826],
    script: `printf 'Hostname "box-9"\\nBaseDir "%s"\\nPIDFile "%s/p"\\nInterval 1\\nLoadPlugin cpu\\nLoadPlugin load\\nLoadPlugin network\\n<Plugin network>\\nServer "127.0.0.1" "%s"\\n</Plugin>\\n' $D $D $PORT >c.conf; timeout -s INT 4 collectd -f -C c.conf 2>/dev/null`,
    flows: [{ transport: 'udp', protocol: 'collectd', details: { deviceName: 'box-9' } }],
  },
  {
    name: 'minetest',
    needs: ['/usr/games/minetestserver'],
    ports: [30000, 13000],
    script: `mkdir w; timeout 5 /usr/games/minetestserver --port $PORT --gameid minimal --world w >/dev/null 2>&1 & sleep 2; /usr/bin/python3 -c "
import socket
s=socket.socket(2,2); s.settimeout(1); s.sendto(bytes.fromhex('4f45740300000001'),('127.0.0.1',$PORT)); print(s.recv(99).hex())"`,
    flows: [{ transport: 'udp', protocol: 'minetest' }],
  },
  {
    name: 'mpd',
    needs: ['mpd', 'mpc'],
    ports: [6600, 16600],
    script: `printf 'bind_to_address "127.0.0.1"\\nport "%s"\\ndb_file "%s/db"\\nmusic_directory "%s"\\naudio_output {\\n type "null"\\n name "n"\\n}\\n' $PORT $D $D >m.conf; mpd --no-daemon m.conf 2>/dev/null & ready $PORT; mpc -h 127.0.0.1 -p $PORT status; mpc -h 127.0.0.1 -p $PORT stats | head -2`,
    flows: [{ protocol: 'mpd' }],
  },
];
