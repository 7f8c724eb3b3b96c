import { spawnSync } from 'node:child_process';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { findAsterisk, findTool } from '../../scripts/lib/asterisk-root.mjs';

/** The machine that a figure was measured on. No field identifies the machine or its owner. */
export interface Machine {
  readonly processor: string;
  readonly processors: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly asterisk: string;
  readonly sipp: string;
}

export async function describeMachine(): Promise<Machine> {
  const asterisk = await findAsterisk();
  const sipp = await findTool('sipp');
  const said = sipp && spawnSync(sipp.command, [...sipp.args, '-v'], { env: { ...process.env, ...sipp.env } });
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    processors: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    asterisk: asterisk?.version ?? 'none',
    sipp: /SIPp v([\d.]+)/.exec(String(said?.stdout))?.[1] ?? 'unknown',
  };
}
