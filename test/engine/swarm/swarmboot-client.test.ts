import { swarmboot } from '../../../src/engine/swarm/swarmboot-client.ts';
import { describeSwarmClient } from './swarm-client-contract.ts';

describeSwarmClient(swarmboot);
