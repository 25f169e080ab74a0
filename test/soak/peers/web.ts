// The web and what stands before it: servers, proxies, TLS of every version, QUIC, WebSockets, gRPC.
import type { Peer } from './peer.js';

const NGINX = `
certificate; mkdir www; echo hello >www/index.html
cat >n.conf <<END
daemon off; pid $D/n.pid; error_log $D/n.err; user root;
events {}
http { access_log off; client_body_temp_path $D; proxy_temp_path $D; fastcgi_temp_path $D; uwsgi_temp_path $D; scgi_temp_path $D;
END`;

export const WEB: readonly Peer[] = [
  {
    name: 'nginx-http1',
    needs: ['nginx', 'curl'],
    ports: [80, 8123],
    script: `${NGINX}
echo "server { listen 127.0.0.1:$PORT; root $D/www; } }" >>n.conf; nginx -c $D/n.conf & ready $PORT
curl -s http://127.0.0.1:$PORT/; curl -s -H 'Host: shop.example.org' -A 'probe/2' http://127.0.0.1:$PORT/index.html http://127.0.0.1:$PORT/missing
curl -s -X POST -d a=b http://127.0.0.1:$PORT/; curl -s0 http://127.0.0.1:$PORT/; curl -sI http://127.0.0.1:$PORT/`,
    flows: [
      {
        protocol: 'http',
        details: { serverSoftware: /nginx/, clientSoftware: /curl|probe/, serverName: 'shop.example.org' },
      },
    ],
  },
  {
    name: 'nginx-https',
    needs: ['nginx', 'curl'],
    ports: [443, 8124],
    script: `${NGINX}
echo "server { listen 127.0.0.1:$PORT ssl http2; ssl_certificate $D/cert.pem; ssl_certificate_key $D/key.pem; ssl_protocols TLSv1.2 TLSv1.3; root $D/www; } }" >>n.conf; nginx -c $D/n.conf & ready $PORT
for v in '' --http1.1 --tls-max=1.2; do curl -sk \${v/=/ } --resolve peer.test:$PORT:127.0.0.1 https://peer.test:$PORT/; done`,
    flows: [
      {
        protocol: 'tls',
        details: { serverName: 'peer.test', alpnChosen: 'h2', tlsVersion: '1.3', ja3: /^[0-9a-f]{32}$/, ja4: /^t13d/ },
      },
      { protocol: 'tls', details: { tlsVersion: '1.2', certificate: /CN=peer.test|peer\.test/ } },
    ],
  },
  {
    name: 'h2c',
    needs: ['nginx', 'curl'],
    ports: [80, 8125],
    script: `${NGINX}
echo "server { listen 127.0.0.1:$PORT http2; root $D/www; } }" >>n.conf; nginx -c $D/n.conf & ready $PORT
curl -s --http2-prior-knowledge http://127.0.0.1:$PORT/; curl -s --http2-prior-knowledge -d a=b http://127.0.0.1:$PORT/`,
    flows: [{ protocol: 'http2' }],
  },
  {
    name: 'tls-versions',
    needs: ['openssl'],
    ports: [443, 8126],
    script: `certificate; openssl dhparam -dsaparam -out dh.pem 1024 2>/dev/null
openssl s_server -accept $PORT -key key.pem -cert cert.pem -cipher ALL:@SECLEVEL=0 -www -quiet & ready $PORT
for v in tls1 tls1_1 tls1_2 tls1_3; do
  (printf 'GET / HTTP/1.0\\r\\n\\r\\n'; sleep 0.2) | openssl s_client -$v -cipher ALL:@SECLEVEL=0 -servername v-$v.peer.test -connect 127.0.0.1:$PORT 2>&1 | grep -m1 Protocol
done`,
    flows: [
      { protocol: 'tls', details: { tlsVersion: '1.0', serverName: 'v-tls1.peer.test' } },
      { protocol: 'tls', details: { tlsVersion: '1.1' } },
      { protocol: 'tls', details: { tlsVersion: '1.2' } },
      { protocol: 'tls', details: { tlsVersion: '1.3' } },
    ],
  },
  {
    name: 'gnutls',
    needs: ['gnutls-serv', 'gnutls-cli'],
    ports: [443, 8127],
    script: `certificate
gnutls-serv -q --echo --x509keyfile key.pem --x509certfile cert.pem -p $PORT & ready $PORT
for v in VERS-TLS1.2 VERS-TLS1.3; do (sleep 0.3; echo hi; sleep 0.3) | gnutls-cli --insecure --priority NORMAL:-VERS-ALL:+$v --alpn h2 -p $PORT localhost >/dev/null; done`,
    flows: [{ protocol: 'tls', details: { tlsVersion: '1.3', serverName: 'localhost', alpn: /h2/ } }],
  },
  {
    name: 'dtls',
    needs: ['openssl'],
    ports: [4433, 8128],
    script: `certificate
openssl s_server -dtls -accept 127.0.0.1:$PORT -key key.pem -cert cert.pem -quiet & ready $PORT
(sleep 0.3; echo hi; sleep 0.3) | openssl s_client -dtls1_2 -servername dtls.peer.test -connect 127.0.0.1:$PORT 2>&1 | grep -m1 Protocol`,
    flows: [{ transport: 'udp', protocol: 'dtls', details: { tlsVersion: 'dtls1.2', serverName: 'dtls.peer.test' } }],
  },
  {
    name: 'quic-ngtcp2',
    needs: ['gtlsserver', 'gtlsclient'],
    ports: [443, 8129],
    script: `certificate; mkdir www; echo hello >www/index.html
gtlsserver -q -d www 127.0.0.1 $PORT key.pem cert.pem & ready $PORT
timeout 5 gtlsclient -q --exit-on-all-streams-close 127.0.0.1 $PORT https://peer.test/index.html
timeout 5 gtlsclient -q --exit-on-all-streams-close --version v2draft 127.0.0.1 $PORT https://peer.test/index.html`,
    flows: [{ transport: 'udp', protocol: 'quic', details: { quicVersion: /./, serverName: 'localhost', alpn: /h3/ } }],
  },
  {
    name: 'websocket',
    needs: ['/usr/lib/python3/dist-packages/websockets/__init__.py'],
    ports: [80, 8130],
    script: `
cat >w.py <<END
import asyncio, websockets
async def echo(s):
    async for m in s: await s.send(m)
async def main():
    async with websockets.serve(echo, '127.0.0.1', $PORT):
        async with websockets.connect('ws://127.0.0.1:$PORT/chat') as s:
            for i in range(3): await s.send('hi'); print(await s.recv())
asyncio.run(main())
END
timeout 10 /usr/bin/python3 w.py`,
    flows: [{ protocol: 'websocket', details: { clientSoftware: /websockets/ } }],
  },
  {
    name: 'grpc',
    needs: ['/usr/lib/python3/dist-packages/grpc/__init__.py'],
    ports: [50051, 8131],
    script: `
cat >g.py <<END
import grpc, concurrent.futures as f
class H(grpc.GenericRpcHandler):
    def service(self, d): return grpc.unary_unary_rpc_method_handler(lambda r, c: r)
s = grpc.server(f.ThreadPoolExecutor(2)); s.add_generic_rpc_handlers((H(),)); s.add_insecure_port('127.0.0.1:$PORT'); s.start()
c = grpc.insecure_channel('127.0.0.1:$PORT'); print(c.unary_unary('/shop.Orders/List')(b'hello')); c.close(); s.stop(0)
END
timeout 10 /usr/bin/python3 g.py`,
    flows: [{ protocol: ['http2', 'grpc'] }],
  },
  {
    name: 'squid',
    needs: ['squid', 'curl', 'nginx'],
    ports: [3128, 8132],
    script: `${NGINX}
echo "server { listen 127.0.0.1:8999; root $D/www; } server { listen 127.0.0.1:8998 ssl; ssl_certificate $D/cert.pem; ssl_certificate_key $D/key.pem; root $D/www; } }" >>n.conf; nginx -c $D/n.conf &
printf 'http_port 127.0.0.1:%s\\nhttp_access allow all\\npid_filename none\\ncache_log /dev/null\\naccess_log none\\ncache deny all\\nhosts_file %s/hosts\\nnetdb_filename none\\npinger_enable off\\n' $PORT $D >s.conf; echo '127.0.0.1 peer.test' >hosts; chmod 777 $D
squid -N -f $D/s.conf 2>/dev/null & ready 8999 $PORT
curl -s -x 127.0.0.1:$PORT http://127.0.0.1:8999/; curl -sk -x 127.0.0.1:$PORT https://peer.test:8998/`,
    flows: [{ protocol: ['http', 'tls'], details: { serverName: /peer.test/ } }],
    also: ['http', 'tls'],
  },
  {
    name: 'haproxy',
    needs: ['haproxy', 'nginx', 'curl'],
    ports: [80, 8133],
    script: `${NGINX}
echo "server { listen 127.0.0.1:8997 proxy_protocol; listen 127.0.0.1:8996 proxy_protocol ssl; ssl_certificate $D/cert.pem; ssl_certificate_key $D/key.pem; root $D/www; } }" >>n.conf; nginx -c $D/n.conf &
cat >h.cfg <<END
defaults
  timeout connect 2s
  timeout client 2s
  timeout server 2s
listen v1
  bind 127.0.0.1:$PORT
  server s 127.0.0.1:8997 send-proxy
listen v2
  bind 127.0.0.1:8995
  server s 127.0.0.1:8997 send-proxy-v2
listen v2tls
  bind 127.0.0.1:8994
  server s 127.0.0.1:8996 send-proxy-v2
END
haproxy -f h.cfg & ready 8997 $PORT 8995
curl -s http://127.0.0.1:$PORT/ http://127.0.0.1:8995/; curl -sk https://127.0.0.1:8994/`,
    flows: [
      { protocol: 'http' },
      { port: 8997, protocol: ['haproxy', 'http'] },
      { port: 8996, protocol: ['haproxy', 'tls'] },
      { port: 8994, protocol: 'tls' },
    ],
    also: ['http'],
  },
  {
    name: 'socks5',
    needs: ['microsocks', 'curl', 'nginx'],
    ports: [1080, 8134],
    script: `${NGINX}
echo "server { listen 127.0.0.1:8993; root $D/www; } }" >>n.conf; nginx -c $D/n.conf &
microsocks -i 127.0.0.1 -p $PORT & microsocks -i 127.0.0.1 -p 8992 -u eva -P geheim & ready $PORT 8993 8992
curl -s --socks5 127.0.0.1:$PORT http://127.0.0.1:8993/; curl -s --socks5-hostname 127.0.0.1:$PORT http://localhost:8993/
curl -s --socks5 eva:geheim@127.0.0.1:8992 http://127.0.0.1:8993/`,
    flows: [{ protocol: ['socks', 'http'] }, { port: 8992, protocol: 'socks', details: { userName: 'eva' } }],
    also: ['http'],
  },
];
