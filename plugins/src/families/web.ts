// Plugins for TLS, QUIC, HTTP and what rides on them by name: one line each, nothing else.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';
import { dnscryptPlugin } from '../protocols/dnscrypt/index.js';
import { dtlsPlugin } from '../protocols/dtls/index.js';
import { haproxyPlugin } from '../protocols/haproxy/index.js';
import { httpPlugin } from '../protocols/http/index.js';
import { http2Plugin } from '../protocols/http2/index.js';
import { jsonRpcPlugin } from '../protocols/json-rpc/index.js';
import { quicPlugin } from '../protocols/quic/index.js';
import { rtspPlugin } from '../protocols/rtsp/index.js';
import { shoutcastPlugin } from '../protocols/shoutcast/index.js';
import { ssdpPlugin } from '../protocols/ssdp/index.js';
import { tivoconnectPlugin } from '../protocols/tivoconnect/index.js';
import { tlsPlugin } from '../protocols/tls/index.js';
import { websocketPlugin } from '../protocols/websocket/index.js';
import { wsdPlugin } from '../protocols/wsd/index.js';
import { xmlPlugin } from '../protocols/xml/index.js';

export const webPlugins: readonly KaipoPlugin[] = [
  tlsPlugin,
  dtlsPlugin,
  quicPlugin,
  dnscryptPlugin,
  httpPlugin,
  http2Plugin,
  haproxyPlugin,
  rtspPlugin,
  ssdpPlugin,
  wsdPlugin,
  shoutcastPlugin,
  tivoconnectPlugin,
  jsonRpcPlugin,
  xmlPlugin,
  websocketPlugin,
];
