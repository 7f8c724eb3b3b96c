import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMITTED_SETTINGS, fill, readManifest, type Manifest } from '../../src/adapters/speech/manifest.js';
import { prompt, PROMPTS, type PromptName } from '../../src/domain/messages.js';
import { spoken } from '../../src/domain/spoken/spoken.js';
import { hearings, readSound, toneMarks, wavOf, type Citizen, type MarkTone } from '../../src/phonenet/index.js';
import { eventually } from './support/eventually.js';
import { startExchange, type Exchange } from './support/exchange.js';
import { SOUNDS } from './support/pair.js';

/** The tones of the message. */
const MARKS: readonly MarkTone[] = [480, 1140, 2100];
/** Called before the new voice is there, and while it takes over. */
const DURING: readonly Citizen[] = Array.from({ length: 12 }, (_, i) => ({
  number: `06123456${String(i + 1).padStart(2, '0')}`,
  persona: 'presses',
  answerAfterMs: 500,
  pressAfterMs: 1_000 + 1_000 * i,
}));
const AFTER = '0612345699';
/** The prompts of these calls. */
const HEARD = ['alert-prompt', 'ending-child', 'thanks'] as const;

/** The number of prompts that have words. */
const spokenCount = ({ prompts }: Manifest): number => PROMPTS.filter((name) => prompts[name].text !== '').length;

/**
 * The other voice: a program that speaks each prompt with the sound of the English one. It is silent until
 * the file `go` exists.
 */
async function otherVoice(folder: string): Promise<string> {
  const english = join(SOUNDS, '..', 'en');
  const { prompts } = await readManifest(SOUNDS);
  for (const name of PROMPTS) {
    const said = spoken(fill(prompts[name].text, COMMITTED_SETTINGS));
    if (said === '') continue;
    const wav = wavOf(await readSound(join(english, `${name}.alaw`)));
    await writeFile(join(folder, `${createHash('sha256').update(said).digest('hex')}.wav`), wav);
  }
  await writeFile(join(folder, 'other.wav'), wavOf(await readSound(join(english, 'thanks.alaw'))));
  const program = join(folder, 'speak');
  await writeFile(
    program,
    [
      '#!/bin/sh',
      'sum=$(sha256sum)',
      `file="${folder}/\${sum%% *}.wav"`,
      // A title of an action is not a prompt, and is spoken at once.
      `[ -e "$file" ] || exec cat ${folder}/other.wav`,
      `while [ ! -e ${folder}/go ]; do sleep 0.1; done`,
      'cat "$file"',
      '',
    ].join('\n'),
  );
  await chmod(program, 0o755);
  return program;
}

describe('prompts that get another voice while calls go on', function () {
  this.timeout(180_000);
  let folder: string;
  let exchange: Exchange;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bn-voice-'));
    exchange = await startExchange({
      env: { BURGERNET_SPEECH: 'command', BURGERNET_SPEECH_COMMAND: await otherVoice(folder), BURGERNET_CPS: '2' },
    });
  });

  after(async () => {
    await exchange.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('are all replaced, and every call hears each of its sounds whole, in one voice or the other', async () => {
    const { services, soundFiles } = exchange.service;
    const before = new Map(HEARD.map((name) => [name, soundFiles.pathOf(prompt(name))]));
    expect(soundFiles.pathOf(prompt('thanks'))).to.equal(join(SOUNDS, 'thanks'));
    const { parts } = await services.readiness();
    expect(parts['prompts']).to.deep.equal({
      ok: true,
      reason: `0 of ${spokenCount(await readManifest(SOUNDS))} rendered`,
    });

    await exchange.network.setCitizens([...DURING, { number: AFTER, persona: 'presses' }]);
    for (const { number } of DURING) exchange.participant(number, '8251AB');
    const actionId = await exchange.draft('8251', { recordingId: await exchange.toneMessage(MARKS) });
    await services.actions.start(actionId, { anyway: true });
    await exchange.until(actionId, ({ counts }) => counts.confirmed >= 1, 'the first citizen to press a key');
    await writeFile(join(folder, 'go'), '');
    await eventually(
      async () => (await services.readiness()).parts['prompts'] === undefined || undefined,
      90_000,
      'every prompt in the new voice',
      200,
    );
    await exchange.calledOut(actionId);

    const heardIn = async (phone: string): Promise<Record<'old' | 'new', PromptName[]>> => {
      const [call] = await exchange.callsTo(phone);
      const samples = await exchange.heard(call!);
      expect(
        toneMarks(samples).map(({ hz }) => hz),
        `the message at ${phone}`,
      ).to.deep.equal([...MARKS, ...MARKS]);
      const whole = async (place: string): Promise<boolean> =>
        hearings(samples, await readSound(`${place}.alaw`)).some(({ complete }) => complete);
      const found: Record<'old' | 'new', PromptName[]> = { old: [], new: [] };
      for (const name of ['ending-child', 'thanks'] as const) {
        if (await whole(before.get(name)!)) found.old.push(name);
        if (await whole(soundFiles.pathOf(prompt(name)))) found.new.push(name);
      }
      return found;
    };
    const voices = { old: 0, new: 0 };
    for (const { number } of DURING) {
      expect(exchange.attemptsTo(actionId, number)[0]?.outcome, number).to.equal('confirmed');
      const heard = await heardIn(number);
      // Each of the two was heard once, whole.
      expect([...heard.old, ...heard.new].toSorted(), number).to.deep.equal(['ending-child', 'thanks']);
      voices.old += heard.old.length;
      voices.new += heard.new.length;
    }
    expect(voices.old, 'sounds of the old voice').to.be.above(0);
    expect(voices.new, 'sounds of the new voice').to.be.above(0);

    exchange.participant(AFTER, '8299AA');
    const next = await exchange.draft('8299', { recordingId: await exchange.toneMessage(MARKS) });
    await services.actions.start(next, { anyway: true });
    await exchange.calledOut(next);
    expect(await heardIn(AFTER)).to.deep.equal({ old: [], new: ['ending-child', 'thanks'] });
  });
});
