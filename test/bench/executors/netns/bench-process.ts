import { aLabScenario } from '../local/a-lab.ts';
import { runNetns } from './a-netns-lab.ts';

/** A bench of its own process: `node bench-process.ts <settings as JSON>`; it says of each machine whether it was verified. */
const settings = JSON.parse(process.argv[2]!);
const { fleet } = await runNetns({ ...settings, scenario: aLabScenario(settings.scenario) });
process.stdout.write(JSON.stringify(fleet.map(({ isVerified }) => isVerified)));
