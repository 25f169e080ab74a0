// Plugins for file sharing, coins, games, applications with a protocol of their own: one line each, nothing else.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';
import { activisionPlugin } from '../protocols/activision/index.js';
import { alicloudPlugin } from '../protocols/alicloud/index.js';
import { amongusPlugin } from '../protocols/amongus/index.js';
import { applejuicePlugin } from '../protocols/applejuice/index.js';
import { armagetronPlugin } from '../protocols/armagetron/index.js';
import { avastPlugin } from '../protocols/avast/index.js';
import { bitcoinPlugin } from '../protocols/bitcoin/index.js';
import { bittorrentPlugin } from '../protocols/bittorrent/index.js';
import { codMobilePlugin } from '../protocols/cod-mobile/index.js';
import { crossfirePlugin } from '../protocols/crossfire/index.js';
import { directconnectPlugin } from '../protocols/directconnect/index.js';
import { dropboxPlugin } from '../protocols/dropbox/index.js';
import { edonkeyPlugin } from '../protocols/edonkey/index.js';
import { epicgamesPlugin } from '../protocols/epicgames/index.js';
import { ethereumPlugin } from '../protocols/ethereum/index.js';
import { florensiaPlugin } from '../protocols/florensia/index.js';
import { gaijinentertainmentPlugin } from '../protocols/gaijinentertainment/index.js';
import { genshinimpactPlugin } from '../protocols/genshinimpact/index.js';
import { gnutellaPlugin } from '../protocols/gnutella/index.js';
import { guildwarsPlugin } from '../protocols/guildwars/index.js';
import { iperf3Plugin } from '../protocols/iperf3/index.js';
import { maplestoryPlugin } from '../protocols/maplestory/index.js';
import { miioPlugin } from '../protocols/miio/index.js';
import { minecraftPlugin } from '../protocols/minecraft/index.js';
import { minetestPlugin } from '../protocols/minetest/index.js';
import { moneroPlugin } from '../protocols/monero/index.js';
import { nanoPlugin } from '../protocols/nano/index.js';
import { neteasegamesPlugin } from '../protocols/neteasegames/index.js';
import { nintendoPlugin } from '../protocols/nintendo/index.js';
import { ooklaPlugin } from '../protocols/ookla/index.js';
import { photonPlugin } from '../protocols/photon/index.js';
import { playstationPlugin } from '../protocols/playstation/index.js';
import { raknetPlugin } from '../protocols/raknet/index.js';
import { riotgamesPlugin } from '../protocols/riotgames/index.js';
import { soulseekPlugin } from '../protocols/soulseek/index.js';
import { sourceEnginePlugin } from '../protocols/source-engine/index.js';
import { starcraftPlugin } from '../protocols/starcraft/index.js';
import { stealthnetPlugin } from '../protocols/stealthnet/index.js';
import { steamPlugin } from '../protocols/steam/index.js';
import { steamdatagramrelayPlugin } from '../protocols/steamdatagramrelay/index.js';
import { stratumPlugin } from '../protocols/stratum/index.js';
import { syncthingPlugin } from '../protocols/syncthing/index.js';
import { tencentgamesPlugin } from '../protocols/tencentgames/index.js';
import { warcraft3Plugin } from '../protocols/warcraft3/index.js';
import { wowPlugin } from '../protocols/wow/index.js';
import { xboxPlugin } from '../protocols/xbox/index.js';
import { xiaomiPlugin } from '../protocols/xiaomi/index.js';
import { yojimboPlugin } from '../protocols/yojimbo/index.js';

export const sharingAndGamesPlugins: readonly KaipoPlugin[] = [
  activisionPlugin,
  alicloudPlugin,
  amongusPlugin,
  applejuicePlugin,
  armagetronPlugin,
  avastPlugin,
  bitcoinPlugin,
  bittorrentPlugin,
  codMobilePlugin,
  crossfirePlugin,
  directconnectPlugin,
  dropboxPlugin,
  edonkeyPlugin,
  epicgamesPlugin,
  ethereumPlugin,
  gaijinentertainmentPlugin,
  genshinimpactPlugin,
  gnutellaPlugin,
  iperf3Plugin,
  miioPlugin,
  minecraftPlugin,
  minetestPlugin,
  moneroPlugin,
  nanoPlugin,
  neteasegamesPlugin,
  nintendoPlugin,
  ooklaPlugin,
  photonPlugin,
  playstationPlugin,
  raknetPlugin,
  riotgamesPlugin,
  soulseekPlugin,
  sourceEnginePlugin,
  starcraftPlugin,
  stealthnetPlugin,
  steamPlugin,
  steamdatagramrelayPlugin,
  stratumPlugin,
  syncthingPlugin,
  tencentgamesPlugin,
  warcraft3Plugin,
  wowPlugin,
  xiaomiPlugin,
  yojimboPlugin,
  guildwarsPlugin,
  florensiaPlugin,
  maplestoryPlugin,
  xboxPlugin,
];
