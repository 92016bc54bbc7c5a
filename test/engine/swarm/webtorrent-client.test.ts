import { webtorrent } from '../../../src/engine/swarm/webtorrent-client.ts';
import { describeSwarmClient } from './swarm-client-contract.ts';

describeSwarmClient(webtorrent);
