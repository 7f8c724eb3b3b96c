#!/usr/bin/env node
// node scripts/run.mjs <setup|demo|start|test|check|chaos|bench|sounds|cli> [arguments]: installs and builds
// what the command needs on this machine, reports each step, and runs the command. Uses only Node's built-in
// modules, because nothing is installed yet when it starts.

import { main } from './lib/main.mjs';

process.exitCode = await main(process.argv[2], process.argv.slice(3));
