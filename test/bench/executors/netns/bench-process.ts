import { aLabScenario } from '../local/a-lab.ts';
import { runNetns } from './a-netns-lab.ts';

/** A bench of its own process, to be killed by a test: `node bench-process.ts <settings as JSON>`. */
const settings = JSON.parse(process.argv[2]!);
await runNetns({ ...settings, scenario: aLabScenario(settings.scenario) });
