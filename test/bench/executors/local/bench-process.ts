import { runLab } from './a-lab.ts';

/** A bench of its own process, to be killed by a test: `node bench-process.ts <settings as JSON>`. */
const settings = JSON.parse(process.argv[2]!);
const { aLabScenario } = await import('./a-lab.ts');
const outcome = await runLab({ ...settings, scenario: aLabScenario(settings.scenario) });
process.stdout.write(JSON.stringify(outcome.fleet));
