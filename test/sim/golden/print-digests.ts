import { simulate } from '../../../src/sim/simulate.ts';
import { GOLDEN_MODELS } from './golden-models.ts';

/** Prints the trace digests of all golden deployments as JSON, in whatever Node.js runs this. */
const digests = Object.entries(GOLDEN_MODELS).map(([name, model]) => [name, simulate(model, 1).traceDigest]);
process.stdout.write(`${JSON.stringify(Object.fromEntries(digests), null, 2)}\n`);
