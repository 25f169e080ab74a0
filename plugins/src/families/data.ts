// Plugins for databases, queues, caches, monitoring, industry: one line each, nothing else. Magic numbers first, then exact lengths,
// what is told by text or by a walk through the bytes last.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';
import { adsPlugin } from '../protocols/ads/index.js';
import { aerospikePlugin } from '../protocols/aerospike/index.js';
import { ajpPlugin } from '../protocols/ajp/index.js';
import { amqpPlugin } from '../protocols/amqp/index.js';
import { ansiC1222Plugin } from '../protocols/ansi-c1222/index.js';
import { atgPlugin } from '../protocols/atg/index.js';
import { bacnetPlugin } from '../protocols/bacnet/index.js';
import { beanstalkdPlugin } from '../protocols/beanstalkd/index.js';
import { boltPlugin } from '../protocols/bolt/index.js';
import { cassandraPlugin } from '../protocols/cassandra/index.js';
import { clickhousePlugin } from '../protocols/clickhouse/index.js';
import { coapPlugin } from '../protocols/coap/index.js';
import { corbaPlugin } from '../protocols/corba/index.js';
import { dnp3Plugin } from '../protocols/dnp3/index.js';
import { drdaPlugin } from '../protocols/drda/index.js';
import { egdPlugin } from '../protocols/egd/index.js';
import { elasticsearchPlugin } from '../protocols/elasticsearch/index.js';
import { epmdPlugin, erlangPlugin } from '../protocols/epmd/index.js';
import { etherSBusPlugin } from '../protocols/ether-s-bus/index.js';
import { ethernetIpPlugin } from '../protocols/ethernet-ip/index.js';
import { ethersioPlugin } from '../protocols/ethersio/index.js';
import { finsPlugin } from '../protocols/fins/index.js';
import { gearmanPlugin } from '../protocols/gearman/index.js';
import { hartIpPlugin } from '../protocols/hart-ip/index.js';
import { hazelcastPlugin } from '../protocols/hazelcast/index.js';
import { hislipPlugin } from '../protocols/hislip/index.js';
import { iec104Plugin } from '../protocols/iec104/index.js';
import { iec62056Plugin } from '../protocols/iec62056/index.js';
import { ieeeC37118Plugin } from '../protocols/ieee-c37118/index.js';
import { jrmiPlugin } from '../protocols/jrmi/index.js';
import { kafkaPlugin } from '../protocols/kafka/index.js';
import { kcpPlugin } from '../protocols/kcp/index.js';
import { knxPlugin } from '../protocols/knx/index.js';
import { memcachedPlugin } from '../protocols/memcached/index.js';
import { modbusPlugin } from '../protocols/modbus/index.js';
import { mongodbPlugin } from '../protocols/mongodb/index.js';
import { mqttPlugin } from '../protocols/mqtt/index.js';
import { mqttSnPlugin } from '../protocols/mqtt-sn/index.js';
import { mysqlPlugin } from '../protocols/mysql/index.js';
import { natsPlugin } from '../protocols/nats/index.js';
import { nestLogSinkPlugin } from '../protocols/nest-log-sink/index.js';
import { opcuaPlugin } from '../protocols/opcua/index.js';
import { openwirePlugin } from '../protocols/openwire/index.js';
import { oraclePlugin } from '../protocols/oracle/index.js';
import { postgresqlPlugin } from '../protocols/postgresql/index.js';
import { profinetIoPlugin } from '../protocols/profinet-io/index.js';
import { rabbitmqStreamPlugin } from '../protocols/rabbitmq-stream/index.js';
import { raftPlugin } from '../protocols/raft/index.js';
import { redisPlugin } from '../protocols/redis/index.js';
import { rethinkdbPlugin } from '../protocols/rethinkdb/index.js';
import { rtpsPlugin } from '../protocols/rtps/index.js';
import { s7commPlugin } from '../protocols/s7comm/index.js';
import { someipPlugin } from '../protocols/someip/index.js';
import { stompPlugin } from '../protocols/stomp/index.js';
import { tarantoolPlugin } from '../protocols/tarantool/index.js';
import { tdsPlugin } from '../protocols/tds/index.js';
import { thriftPlugin } from '../protocols/thrift/index.js';
import { trdpPlugin } from '../protocols/trdp/index.js';
import { zeromqPlugin } from '../protocols/zeromq/index.js';
import { zookeeperPlugin } from '../protocols/zookeeper/index.js';

export const dataPlugins: readonly KaipoPlugin[] = [
  redisPlugin,
  postgresqlPlugin,
  mysqlPlugin,
  boltPlugin,
  rethinkdbPlugin,
  tarantoolPlugin,
  hazelcastPlugin,
  elasticsearchPlugin,
  tdsPlugin,
  oraclePlugin,
  drdaPlugin,
  mongodbPlugin,
  cassandraPlugin,
  memcachedPlugin,
  beanstalkdPlugin,
  clickhousePlugin,
  kafkaPlugin,
  zookeeperPlugin,
  aerospikePlugin,
  rabbitmqStreamPlugin,
  amqpPlugin,
  mqttPlugin,
  mqttSnPlugin,
  stompPlugin,
  openwirePlugin,
  zeromqPlugin,
  natsPlugin,
  gearmanPlugin,
  epmdPlugin,
  erlangPlugin,
  thriftPlugin,
  rtpsPlugin,
  raftPlugin,
  corbaPlugin,
  jrmiPlugin,
  ajpPlugin,
  someipPlugin,
  hislipPlugin,
  kcpPlugin,
  dnp3Plugin,
  adsPlugin,
  ethernetIpPlugin,
  profinetIoPlugin,
  opcuaPlugin,
  knxPlugin,
  egdPlugin,
  ethersioPlugin,
  etherSBusPlugin,
  ieeeC37118Plugin,
  trdpPlugin,
  s7commPlugin,
  iec62056Plugin,
  bacnetPlugin,
  finsPlugin,
  iec104Plugin,
  hartIpPlugin,
  modbusPlugin,
  ansiC1222Plugin,
  atgPlugin,
  coapPlugin,
  nestLogSinkPlugin,
];
