// Databases, caches, queues and coordination services.
import type { Peer } from './peer.js';

const POSTGRES = `
echo geheim >pw; as postgres initdb -D $D/db -A scram-sha-256 --pwfile=pw >/dev/null
cat >>db/postgresql.conf <<END
port = $PORT
listen_addresses = '127.0.0.1'
unix_socket_directories = '$D'
END`;

export const DATABASES: readonly Peer[] = [
  {
    name: 'redis',
    needs: ['redis-server', 'redis-cli'],
    ports: [6379, 7001],
    script: `
redis-server --port $PORT --bind 127.0.0.1 --save '' >/dev/null & ready $PORT
redis-cli -p $PORT set a 1; redis-cli -3 -p $PORT info server | head -3
printf 'get a\\nincr a\\nlpush l 1 2 3\\n' | redis-cli -p $PORT
(echo PING; echo 'SET x y'; sleep 0.3) | nc -N 127.0.0.1 $PORT`,
    flows: [{ protocol: 'redis' }],
  },
  {
    name: 'redis-pubsub',
    needs: ['redis-server', 'redis-cli', 'timeout'],
    ports: [6379, 30123],
    script: `
redis-server --port $PORT --bind 127.0.0.1 --save '' --requirepass geheim >/dev/null & ready $PORT
timeout 1 redis-cli -p $PORT -a geheim subscribe news & sleep 0.4
redis-cli -p $PORT -a geheim publish news hello; wait %2`,
    flows: [{ protocol: 'redis' }],
  },
  {
    name: 'postgres-plain',
    needs: ['/usr/lib/postgresql/15/bin/postgres', 'psql'],
    ports: [5432, 15999],
    script: `${POSTGRES}
as postgres postgres -D $D/db 2>/dev/null & ready $PORT
export PGPASSWORD=geheim
psql "host=127.0.0.1 port=$PORT user=postgres sslmode=disable" -c 'select 1'
psql "host=127.0.0.1 port=$PORT user=postgres" -c 'create table t(a int); insert into t values(7); select * from t'
PGPASSWORD=falsch psql "host=127.0.0.1 port=$PORT user=nobody sslmode=disable" -c 'select 1'`,
    flows: [{ protocol: 'postgresql', details: { userName: 'postgres', serverSoftware: /15\./ } }],
  },
  {
    name: 'postgres-tls',
    needs: ['/usr/lib/postgresql/15/bin/postgres', 'psql'],
    ports: [5432, 15999],
    script: `${POSTGRES}
certificate; cp key.pem db/server.key; cp cert.pem db/server.crt; chown postgres db/server.*; chmod 600 db/server.key; echo 'ssl = on' >>db/postgresql.conf
as postgres postgres -D $D/db 2>/dev/null & ready $PORT
PGPASSWORD=geheim psql "host=127.0.0.1 port=$PORT user=postgres sslmode=require" -c 'select 1'`,
    flows: [{ protocol: ['postgresql', 'tls'], details: { tlsVersion: '1.3' } }],
  },
  {
    name: 'mariadb',
    needs: ['mariadbd', 'mariadb', 'mariadb-install-db'],
    ports: [3306, 13999],
    script: `
chown mysql $D; mariadb-install-db --no-defaults --user=mysql --datadir=$D/db --auth-root-authentication-method=normal >/dev/null 2>&1
mariadbd --no-defaults --user=mysql --datadir=$D/db --port=$PORT --bind-address=127.0.0.1 --socket=$D/s 2>/dev/null & ready $PORT
mariadb --no-defaults -h 127.0.0.1 -P $PORT -u root -e 'create database shop; create user eva identified by "geheim"; grant all on shop.* to eva'
mariadb --no-defaults -h 127.0.0.1 -P $PORT -u eva -pgeheim shop -e 'create table t(a int); insert into t values (1),(2); select * from t'
mariadb --no-defaults -h 127.0.0.1 -P $PORT -u eva -pfalsch -e 'select 1'`,
    flows: [{ protocol: 'mysql', details: { userName: /eva|root/, serverSoftware: /MariaDB/, subject: 'shop' } }],
  },
  {
    name: 'mariadb-tls',
    needs: ['mariadbd', 'mariadb', 'mariadb-install-db'],
    ports: [3306, 13999],
    script: `
certificate; chown -R mysql $D; mariadb-install-db --no-defaults --user=mysql --datadir=$D/db --auth-root-authentication-method=normal >/dev/null 2>&1
mariadbd --no-defaults --user=mysql --datadir=$D/db --port=$PORT --bind-address=127.0.0.1 --socket=$D/s --ssl-key=$D/key.pem --ssl-cert=$D/cert.pem 2>/dev/null & ready $PORT
mariadb --no-defaults -h 127.0.0.1 -P $PORT -u root --ssl -e 'select 1'`,
    flows: [{ protocol: ['mysql', 'tls'], details: { tlsVersion: /1\.[23]/ } }],
  },
  {
    name: 'memcached',
    needs: ['memcached', 'memccp', 'memcstat', 'memcping'],
    ports: [11211, 21212],
    script: `
memcached -u nobody -l 127.0.0.1 -p $PORT -U $PORT & ready $PORT
printf 'set k 0 60 5\\r\\nhello\\r\\nget k\\r\\nstats\\r\\nquit\\r\\n' | nc 127.0.0.1 $PORT
printf 'mn\\r\\nms m 2\\r\\nhi\\r\\nmg m v\\r\\nquit\\r\\n' | nc 127.0.0.1 $PORT
echo some text >file; memccp --servers=127.0.0.1:$PORT file; memccp --binary --servers=127.0.0.1:$PORT file
memcstat --servers=127.0.0.1:$PORT | head -3; memcping --servers=127.0.0.1:$PORT
printf '\\000\\001\\000\\000\\000\\001\\000\\000get k\\r\\n' | nc -u -w1 127.0.0.1 $PORT`,
    flows: [{ protocol: 'memcached' }, { protocol: 'memcached', transport: 'udp' }],
  },
  {
    name: 'mosquitto',
    needs: ['mosquitto', 'mosquitto_pub', 'mosquitto_sub'],
    ports: [1883, 9123],
    script: `
printf 'listener %s 127.0.0.1\\nallow_anonymous true\\n' $PORT >m.conf; mosquitto -c m.conf 2>/dev/null & ready $PORT
for v in mqttv31 mqttv311 mqttv5; do
  mosquitto_sub -V $v -p $PORT -i sub-$v -t 'house/#' -C 1 & sleep 0.2
  mosquitto_pub -V $v -p $PORT -i pub-$v -u eva -P geheim -t house/door -m open -q 1; wait %2
done`,
    flows: [{ protocol: 'mqtt', details: { userName: 'eva', subject: /sub-|pub-/ } }],
  },
  {
    name: 'mosquitto-tls',
    needs: ['mosquitto', 'mosquitto_pub'],
    ports: [8883, 9124],
    script: `
certificate; printf 'listener %s 127.0.0.1\\nallow_anonymous true\\ncertfile %s/cert.pem\\nkeyfile %s/key.pem\\n' $PORT $D $D >m.conf; mosquitto -c m.conf 2>/dev/null & ready $PORT
mosquitto_pub -p $PORT -h localhost --cafile cert.pem --tls-alpn mqtt -t house/door -m open`,
    flows: [{ protocol: 'tls', details: { alpn: /mqtt/ } }],
  },
  {
    name: 'rabbitmq',
    needs: ['rabbitmq-server', '/usr/lib/python3/dist-packages/pika/__init__.py'],
    ports: [5672, 15672],
    script: `
export RABBITMQ_NODE_PORT=$PORT RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODENAME=rabbit@localhost RABBITMQ_MNESIA_BASE=$D RABBITMQ_LOG_BASE=$D RABBITMQ_ENABLED_PLUGINS_FILE=$D/plugins
printf '[rabbitmq_stomp,rabbitmq_mqtt].\\n' >plugins; printf 'stomp.listeners.tcp.1 = 127.0.0.1:%s\\nmqtt.listeners.tcp.1 = 127.0.0.1:%s\\n' $((PORT+1)) $((PORT+2)) >r.conf; export RABBITMQ_CONFIG_FILE=$D/r.conf
/usr/lib/rabbitmq/bin/rabbitmq-server >/dev/null 2>&1 & ready $PORT $((PORT+1)) $((PORT+2))
timeout 10 /usr/bin/python3 - <<END
import pika, socket, time
c = pika.BlockingConnection(pika.ConnectionParameters('127.0.0.1', $PORT)); h = c.channel(); h.queue_declare('q'); h.basic_publish('', 'q', b'hi'); print(h.basic_get('q')); c.close()
s = socket.create_connection(('127.0.0.1', $PORT + 1)); s.sendall(b'CONNECT\\naccept-version:1.2\\nhost:/\\nlogin:guest\\npasscode:guest\\n\\n\\0\\n'); print(s.recv(500)); s.sendall(b'SEND\\ndestination:/queue/q\\n\\nhi\\0\\n'); time.sleep(.2)
END`,
    flows: [{ protocol: 'amqp', details: { serverSoftware: /RabbitMQ/, userName: 'guest' } }],
    also: ['stomp', 'epmd', 'erlang'],
  },
  {
    name: 'nats',
    needs: ['nats-server', 'nc'],
    ports: [4222, 14999],
    script: `
nats-server -a 127.0.0.1 -p $PORT >/dev/null 2>&1 & ready $PORT
(sleep 0.2; printf 'CONNECT {"verbose":false,"lang":"go","version":"1.2","name":"probe"}\\r\\nPING\\r\\nSUB a 1\\r\\nPUB a 2\\r\\nhi\\r\\n'; sleep 0.3) | nc -N 127.0.0.1 $PORT`,
    flows: [{ protocol: 'nats', details: { serverSoftware: /./ } }],
  },
  {
    name: 'beanstalkd',
    needs: ['beanstalkd', 'nc'],
    ports: [11300, 11999],
    script: `
beanstalkd -l 127.0.0.1 -p $PORT & ready $PORT
(printf 'use mail\\r\\n'; sleep 0.1; printf 'put 0 0 60 5\\r\\nhello\\r\\n'; sleep 0.1; printf 'watch mail\\r\\nreserve\\r\\n'; sleep 0.1; printf 'stats\\r\\nquit\\r\\n'; sleep 0.1) | nc -N 127.0.0.1 $PORT`,
    flows: [{ protocol: 'beanstalkd' }],
  },
  {
    name: 'etcd',
    needs: ['etcd', 'etcdctl'],
    ports: [2379, 12999],
    script: `
etcd --data-dir db --listen-client-urls http://127.0.0.1:$PORT --advertise-client-urls http://127.0.0.1:$PORT --listen-peer-urls http://127.0.0.1:$((PORT+1)) --initial-advertise-peer-urls http://127.0.0.1:$((PORT+1)) --initial-cluster default=http://127.0.0.1:$((PORT+1)) >/dev/null 2>&1 & ready $PORT
export ETCDCTL_API=3; sleep 1; etcdctl --endpoints 127.0.0.1:$PORT put a b; etcdctl --endpoints 127.0.0.1:$PORT get a; curl -s http://127.0.0.1:$PORT/version`,
    flows: [{ protocol: ['http2', 'http', 'grpc'] }],
    also: ['http2'],
  },
  {
    name: 'zookeeper',
    needs: ['/usr/share/java/zookeeper.jar', '/usr/lib/python3/dist-packages/kazoo/__init__.py'],
    ports: [2181, 12181],
    script: `
mkdir conf db; printf 'tickTime=2000\\ndataDir=%s/db\\nclientPort=%s\\nclientPortAddress=127.0.0.1\\n4lw.commands.whitelist=*\\nadmin.enableServer=false\\n' $D $PORT >conf/zoo.cfg
java -cp '/usr/share/java/*:/usr/share/zookeeper/*' org.apache.zookeeper.server.quorum.QuorumPeerMain conf/zoo.cfg >/dev/null 2>&1 & ready $PORT
timeout 15 /usr/bin/python3 - <<END
from kazoo.client import KazooClient
z = KazooClient('127.0.0.1:$PORT'); z.start(); z.ensure_path('/a'); z.set('/a', b'x'); print(z.get('/a')); z.stop()
END
echo ruok | nc -N 127.0.0.1 $PORT`,
    flows: [{ protocol: 'zookeeper' }],
  },
  {
    name: 'gearman',
    needs: ['gearmand', 'gearman', 'gearadmin'],
    ports: [4730, 14730],
    script: `
gearmand -L 127.0.0.1 -p $PORT -l stderr >/dev/null 2>&1 & ready $PORT
timeout 5 gearman -h 127.0.0.1 -p $PORT -w -c 1 -f wc -- wc -l & sleep 0.5
echo hello | timeout 4 gearman -h 127.0.0.1 -p $PORT -f wc; [ $PORT = 4730 ] && gearadmin -h 127.0.0.1 -p $PORT --status`,
    flows: [{ protocol: 'gearman' }],
  },
];
