#!/usr/bin/env node
// npx burgernet …: the command line interface. It prints nothing of its own unless it must first install or
// build something.

import { main } from './lib/main.mjs';

process.exitCode = await main('cli', process.argv.slice(2), { quiet: true });
