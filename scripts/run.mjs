#!/usr/bin/env node
// node scripts/run.mjs <setup|demo|start|test|check|chaos|bench|sounds|cli> [arguments]: makes sure of what the command
// needs on this machine, saying what it does, and runs it. On Node's built-ins alone: nothing is installed yet when it
// starts.

import { main } from './lib/main.mjs';

process.exitCode = await main(process.argv[2], process.argv.slice(3));
