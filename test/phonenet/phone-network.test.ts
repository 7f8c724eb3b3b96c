import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { freePort, portFree } from '../../src/adapters/asterisk/process/ports-free.js';
import { isAlive } from '../../src/lib/is-alive.js';
import { startPhoneNetwork, type PhoneNetwork } from '../../src/phonenet/phone-network.js';
import { readSound, wavOf } from '../../src/phonenet/listening/sound-file.js';
import { firstSoundMs } from '../../src/phonenet/listening/heard.js';
import { toneMarked, toneMarks } from '../../src/phonenet/listening/tone-marks.js';

const HOST = '127.0.0.1';
const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => log,
};

/**
 * Two phone networks, each in the place of the other's service, so that one answers the calls of the other.
 */
describe('simulated phone network', function () {
  this.timeout(60_000);
  let folder: string;
  let here: PhoneNetwork;
  let there: PhoneNetwork;
  const ports: number[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bn-phonenet-'));
    ports.push(await freePort(HOST), await freePort(HOST));
    const [one, two] = ports.map((port) => ({ host: HOST, port })) as [
      { host: string; port: number },
      { host: string; port: number },
    ];
    here = await startPhoneNetwork({ folder: join(folder, 'here'), sip: one, service: two, log });
    there = await startPhoneNetwork({ folder: join(folder, 'there'), sip: two, service: one, log });
    await writeFile(join(folder, 'marks.wav'), wavOf(toneMarked([600, 2100, 1040])));
  });

  after(async () => {
    await here.stop();
    await there.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('loads a thousand citizens within a second', async () => {
    const town = Array.from({ length: 1_000 }, (_, i) => ({
      number: `+3161${String(i).padStart(7, '0')}`,
      persona: 'busy' as const,
    }));
    const began = performance.now();
    await there.setCitizens(town);
    expect(performance.now() - began).to.be.lessThan(1_000);
    const call = await here.call({ from: '0612345678', to: '0610000999' });
    expect(call.sipStatus).to.equal(486);
  });

  it('records the sounds that an answering citizen hears, and the key that the citizen presses', async () => {
    await there.setCitizens([
      { number: '0610000001', persona: 'presses', answerAfterMs: 300, pressAfterMs: 400, key: '*' },
    ]);
    const caller = await here.call({
      from: '0031612345678',
      pai: '+31612345678',
      to: '+31610000001',
      script: [{ do: 'wait', ms: 1_500 }, { do: 'play', sound: join(folder, 'marks') }, { do: 'hangup' }],
    });
    expect(caller).to.include({ endedBy: 'here', number: '0031612345678' });
    const citizen = await there.until(({ persona, endedAt }) => persona === 'presses' && endedAt !== null, 3_000);
    expect(citizen).to.include({
      number: '+31610000001',
      endedBy: 'far',
      assertedIdentity: '<sip:+31612345678@127.0.0.1>',
    });
    expect(citizen.pressed.map(({ key }) => key)).to.deep.equal(['*']);
    const recording = await readSound(there.recordingOf(citizen));
    expect(toneMarks(recording).map(({ hz }) => hz)).to.deep.equal([600, 2100, 1040]);
    // A busy machine may start late with the silence before the tones.
    expect(firstSoundMs(recording)).to.be.within(1_000, 1_650);
  });

  it('refuses an unassigned number, and lets a telephone ring that nobody answers', async () => {
    await there.setCitizens([{ number: '0610000002', persona: 'no_answer' }]);
    expect((await here.call({ from: '0612345678', to: '0610000003' })).sipStatus).to.equal(404);
    const rings = await here.startCall({ from: '0612345678', to: '0610000002' });
    await there.until(({ persona, ringingAt }) => persona === 'no_answer' && ringingAt !== null, 5_000);
    await rings.hangUp();
    expect(await rings.answered).to.equal(null);
    const citizen = await there.until(({ persona, endedAt }) => persona === 'no_answer' && endedAt !== null, 3_000);
    expect(citizen.cancelled).to.equal(true);
  });

  it('leaves no process, file or port behind', async () => {
    const pids = [here, there].map(({ asterisk }) => asterisk.pid);
    await Promise.all([here.stop(), there.stop()]);
    expect(pids.filter(isAlive)).to.deep.equal([]);
    expect(existsSync(join(folder, 'here'))).to.equal(false);
    expect(existsSync(join(folder, 'there'))).to.equal(false);
    for (const port of ports) expect(await portFree(HOST, port)).to.equal(true);
  });
});
