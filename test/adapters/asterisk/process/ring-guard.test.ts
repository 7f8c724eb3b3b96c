import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const GUARD = new URL('../../../../src/adapters/asterisk/process/ring-guard.ts', import.meta.url).href;
const RINGS = 'PJSIP/trunk-out-0-00000001';
const EARLY = 'PJSIP/trunk-out-0-00000002';
const TALKS = 'PJSIP/trunk-out-0-00000003';
/** An unanswered call to the tip line. */
const CALLS = 'PJSIP/trunk-00000004';
const LATER = 'PJSIP/trunk-out-0-00000005';
const channel = (name: string, state: string): string =>
  `${name}!alert!s!1!${state}!AppDial2!(Outgoing Line)!0612345678!!!3!5!!1764500000.1\n`;
const CHANNELS = channel(RINGS, 'Ringing') + channel(EARLY, 'Down') + channel(TALKS, 'Up') + channel(CALLS, 'Ring');

/** Uses a stand-in for `asterisk -rx`, which lists the channels in a file and logs each command. */
describe('ring guard', function () {
  this.timeout(30_000);
  let folder: string;
  let controllers: ChildProcess[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bn-ring-'));
    controllers = [];
    const console = join(folder, 'console');
    const script = [
      '#!/bin/sh',
      'cd "$(dirname "$0")"',
      '[ "$2" = "core show channels concise" ] && cat channels',
      // Logged after the list was read, so a test that sees the command may change the list.
      'echo "$2" >> asked',
    ];
    await writeFile(console, `${script.join('\n')}\n`, { mode: 0o755 });
    await writeFile(join(folder, 'asked'), '');
    await writeFile(join(folder, 'channels'), CHANNELS);
  });
  afterEach(async () => {
    for (const controller of controllers) controller.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts a controller. Resolves with its process, once its guard runs. */
  const controller = async (): Promise<ChildProcess> => {
    const options = {
      asterisk: { console: { words: [join(folder, 'console')], env: {} } },
      folder,
      ringSeconds: 3,
    };
    const source = `
      import { startRingGuard } from ${JSON.stringify(GUARD)};
      const guard = startRingGuard(${JSON.stringify(options)});
      setInterval(() => undefined, 1_000);
      process.on('SIGTERM', () => { guard.close(); setTimeout(() => process.exit(), 100); });
    `;
    const before = await pidOfGuard();
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source], {
      stdio: 'inherit',
    });
    controllers.push(child);
    while ((await pidOfGuard()) === before) await pause(20);
    return child;
  };
  const pidOfGuard = async (): Promise<string> => {
    const text = await readFile(join(folder, 'ring-guard.pid'), 'utf8').catch(() => '');
    return text.endsWith('\n') ? text.trim() : '';
  };
  const isGone = (pid: string): boolean => {
    try {
      process.kill(Number(pid), 0);
      return false;
    } catch {
      return true;
    }
  };
  const asked = async (): Promise<string[]> => (await readFile(join(folder, 'asked'), 'utf8')).trim().split('\n');
  const ends = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
    const pid = await pidOfGuard();
    child.kill(signal);
    await once(child, 'exit');
    while (!isGone(pid)) await pause(20);
  };

  it('hangs up only the calls that rang when the controller was killed and still ring', async () => {
    const killed = await controller();
    const ending = ends(killed, 'SIGKILL');
    while (!(await asked()).includes('core show channels concise')) await pause(20);
    await writeFile(join(folder, 'channels'), CHANNELS + channel(LATER, 'Ringing'));
    const since = performance.now();
    await ending;
    expect(performance.now() - since, 'the rest of the ring time').to.be.greaterThan(1_500);
    const hungUp = (await asked()).filter((command) => command.startsWith('channel'));
    expect(hungUp).to.deep.equal([`channel request hangup ${RINGS}`, `channel request hangup ${EARLY}`]);
  });

  it('leaves calls alone that were answered meanwhile', async () => {
    const killed = await controller();
    const ending = ends(killed, 'SIGKILL');
    while (!(await asked()).includes('core show channels concise')) await pause(20);
    await writeFile(join(folder, 'channels'), channel(RINGS, 'Up') + channel(EARLY, 'Ringing'));
    await ending;
    expect((await asked()).at(-1)).to.equal(`channel request hangup ${EARLY}`);
    expect((await asked()).filter((command) => command.includes(RINGS))).to.deep.equal([]);
  });

  it('leaves the calls to the next controller when that starts in time', async () => {
    const killed = await controller();
    const ending = ends(killed, 'SIGKILL');
    while (!(await asked()).includes('core show channels concise')) await pause(20);
    await controller();
    await ending;
    expect((await asked()).filter((command) => command.startsWith('channel'))).to.deep.equal([]);
  });

  it('ends together with a controller that shuts down cleanly', async () => {
    await ends(await controller(), 'SIGTERM');
    expect(await asked()).to.deep.equal(['']);
  });
});
