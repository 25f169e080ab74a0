// Every peer, by what it is for.
import { DATABASES } from './databases.js';
import { MAIL_AND_FILES } from './mail-and-files.js';
import { NETWORK } from './network.js';
import type { Peer } from './peer.js';
import { THINGS } from './things.js';
import { WEB } from './web.js';

export const ALL_PEERS: readonly Peer[] = [...DATABASES, ...WEB, ...MAIL_AND_FILES, ...NETWORK, ...THINGS];
