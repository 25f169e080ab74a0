// Plugins for calls, streams, VPNs and tunnels: one line each, nothing else.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';
import { ayiyaPlugin } from '../protocols/ayiya/index.js';
import { bfcpPlugin } from '../protocols/bfcp/index.js';
import { ciscovpnPlugin } from '../protocols/ciscovpn/index.js';
import { discordPlugin } from '../protocols/discord/index.js';
import { gtpPlugin } from '../protocols/gtp/index.js';
import { h323Plugin } from '../protocols/h323/index.js';
import { iaxPlugin } from '../protocols/iax/index.js';
import { imoPlugin } from '../protocols/imo/index.js';
import { ipsecPlugin } from '../protocols/ipsec/index.js';
import { kakaotalkPlugin } from '../protocols/kakaotalk/index.js';
import { kontikiPlugin } from '../protocols/kontiki/index.js';
import { l2tpPlugin } from '../protocols/l2tp/index.js';
import { linePlugin } from '../protocols/line/index.js';
import { megacoPlugin } from '../protocols/megaco/index.js';
import { mgcpPlugin } from '../protocols/mgcp/index.js';
import { mpdPlugin } from '../protocols/mpd/index.js';
import { mpegTsPlugin } from '../protocols/mpeg-ts/index.js';
import { mumblePlugin } from '../protocols/mumble/index.js';
import { noePlugin } from '../protocols/noe/index.js';
import { oicqPlugin } from '../protocols/oicq/index.js';
import { openvpnPlugin } from '../protocols/openvpn/index.js';
import { pfcpPlugin } from '../protocols/pfcp/index.js';
import { ppstreamPlugin } from '../protocols/ppstream/index.js';
import { pptpPlugin } from '../protocols/pptp/index.js';
import { rtcpPlugin } from '../protocols/rtcp/index.js';
import { rtmpPlugin } from '../protocols/rtmp/index.js';
import { rtpPlugin } from '../protocols/rtp/index.js';
import { sipPlugin } from '../protocols/sip/index.js';
import { skinnyPlugin } from '../protocols/skinny/index.js';
import { smppPlugin } from '../protocols/smpp/index.js';
import { softetherPlugin } from '../protocols/softether/index.js';
import { sopcastPlugin } from '../protocols/sopcast/index.js';
import { spotifyPlugin } from '../protocols/spotify/index.js';
import { srtPlugin } from '../protocols/srt/index.js';
import { stunPlugin } from '../protocols/stun/index.js';
import { tailscalePlugin } from '../protocols/tailscale/index.js';
import { teamspeakPlugin } from '../protocols/teamspeak/index.js';
import { telegramPlugin } from '../protocols/telegram/index.js';
import { teredoPlugin } from '../protocols/teredo/index.js';
import { threemaPlugin } from '../protocols/threema/index.js';
import { tincPlugin } from '../protocols/tinc/index.js';
import { vhuaPlugin } from '../protocols/vhua/index.js';
import { viberPlugin } from '../protocols/viber/index.js';
import { vtunPlugin } from '../protocols/vtun/index.js';
import { vxlanPlugin } from '../protocols/vxlan/index.js';
import { wechatPlugin } from '../protocols/wechat/index.js';
import { whatsappPlugin } from '../protocols/whatsapp/index.js';
import { wireguardPlugin } from '../protocols/wireguard/index.js';
import { zattooPlugin } from '../protocols/zattoo/index.js';
import { zerotierPlugin } from '../protocols/zerotier/index.js';
import { zoomPlugin } from '../protocols/zoom/index.js';

export const mediaPlugins: readonly KaipoPlugin[] = [
  stunPlugin,
  rtmpPlugin,
  sipPlugin,
  tailscalePlugin,
  wireguardPlugin,
  openvpnPlugin,
  ipsecPlugin,
  l2tpPlugin,
  pptpPlugin,
  teamspeakPlugin,
  whatsappPlugin,
  wechatPlugin,
  telegramPlugin,
  spotifyPlugin,
  discordPlugin,
  zoomPlugin,
  kakaotalkPlugin,
  srtPlugin,
  rtcpPlugin,
  rtpPlugin,
  mpegTsPlugin,
  h323Plugin,
  mgcpPlugin,
  megacoPlugin,
  iaxPlugin,
  bfcpPlugin,
  smppPlugin,
  skinnyPlugin,
  noePlugin,
  viberPlugin,
  threemaPlugin,
  linePlugin,
  imoPlugin,
  oicqPlugin,
  mumblePlugin,
  mpdPlugin,
  zattooPlugin,
  sopcastPlugin,
  ppstreamPlugin,
  kontikiPlugin,
  vhuaPlugin,
  gtpPlugin,
  pfcpPlugin,
  vxlanPlugin,
  teredoPlugin,
  ayiyaPlugin,
  ciscovpnPlugin,
  softetherPlugin,
  zerotierPlugin,
  tincPlugin,
  vtunPlugin,
];
