import { swarmboot, webtorrent } from '../../../engine/index.ts';
import { aria2 } from '../netns/aria2-client.ts';
import { clonezillaMulticast, clonezillaUnicast } from '../netns/clonezilla/clonezilla-client.ts';
import { libtorrent } from '../netns/libtorrent-client.ts';
import { udpcast } from '../netns/udpcast-client.ts';
import { unpacking } from '../netns/unpacking-peer.ts';
import type { LabPeerMaker } from './lab-peer.ts';
import type { LabTransport } from './lab-plan.ts';

/** The peer that machines and seeder of the lab run for a transport; undefined where there is no swarm. */
export function swarmClientFor(transport: LabTransport): LabPeerMaker | undefined {
  switch (transport) {
    case 'p2p':
    case 'chain':
      return swarmboot;
    case 'webtorrent':
      return webtorrent;
    case 'aria2':
      return unpacking(aria2);
    case 'libtorrent':
      return unpacking(libtorrent);
    case 'multicast':
      return udpcast;
    case 'clonezilla-unicast':
      return clonezillaUnicast;
    case 'clonezilla-multicast':
      return clonezillaMulticast;
    case 'unicast':
      return undefined;
  }
}
