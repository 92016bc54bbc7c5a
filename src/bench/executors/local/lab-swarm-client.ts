/** The peer that machines and seeder of the lab run for the transport `p2p`. */
export { webtorrent as labSwarmClient } from '../../../engine/index.ts';
