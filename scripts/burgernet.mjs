#!/usr/bin/env node
// npx burgernet …: the command line interface. Says nothing of its own unless something has to be installed or built first.

import { main } from './lib/main.mjs';

process.exitCode = await main('cli', process.argv.slice(2), { quiet: true });
