#!/usr/bin/env node
// npx burgernet …: the command line interface. It prints nothing of its own unless it has to install or build
// something first.

import { main } from './lib/main.mjs';

process.exitCode = await main('cli', process.argv.slice(2), { quiet: true });
