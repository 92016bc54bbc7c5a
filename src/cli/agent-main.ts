// The agent alone, as a boot image starts it: `node agent.mjs agent --server ...`.
import { Command } from 'commander';
import { agentCommand } from './commands/agent.ts';
import { runProgram } from './exit.ts';

await runProgram(new Command('swarmboot').addCommand(agentCommand()));
