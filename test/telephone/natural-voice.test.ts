import { expect } from 'chai';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { installVoice } from '../../src/adapters/speech/natural/install-voice.js';
import { openLexicon } from '../../src/adapters/speech/lexicon-files.js';
import { modelOf } from '../../src/adapters/speech/natural/voice-files.js';
import { createSoundWorker, type SoundWorker } from '../../src/adapters/speech/sound-worker.js';
import { rendered } from '../../src/domain/messages.js';
import { respell } from '../../src/domain/spoken/lexicon.js';
import { spokenMessage } from '../../src/domain/spoken/spoken.js';
import { hearings } from '../../src/phonenet/index.js';
import { RATE } from '../../src/phonenet/listening/sound-file.js';
import { FakeLog } from '../support/fake-log.js';
import { echoedSentences, echoModel, writeVoice } from '../support/test-voices.js';
import { SOUNDS } from './support/pair.js';
import { startExchange, type Exchange } from './support/exchange.js';

const NAME = 'nl_NL-echo-medium';
const FIRST = '0612345601';
const SECOND = '0612345602';
/** "Opel" stands in the lexicon, because espeak-ng stresses it wrong. */
const TEXT = 'Gezocht: een man van 30 jaar in een groene Opel. Bel de politie.';
const OPEL = 'ˈoːpɵl';

describe('an action whose message a natural voice speaks', function () {
  this.timeout(120_000);
  let exchange: Exchange;
  let worker: SoundWorker;
  let voices: string;
  const log = new FakeLog();

  before(async () => {
    worker = createSoundWorker();
    exchange = await startExchange({ env: { BURGERNET_SPEECH: 'natural' }, log });
    voices = join(exchange.dataDir, 'data', 'voices');
    const pressing = { persona: 'presses', pressAfterMs: 1_000 } as const;
    await exchange.network.setCitizens([FIRST, SECOND].map((number) => ({ number, ...pressing })));
    exchange.participant(FIRST, '8251AB');
    exchange.participant(SECOND, '8299AA');
  });
  after(async () => {
    await exchange.stop();
    await worker.close();
  });

  const speechState = async (): Promise<unknown> =>
    ((await (await fetch(`${exchange.service.url}/readyz`)).json()) as { parts: { speech: unknown } }).parts.speech;
  const voiceOf = (id: number): string | null | undefined =>
    exchange.service.services.actions.view(id).action.message.voice;
  const heardBy = async (phone: string) => {
    const [call] = await exchange.callsTo(phone);
    if (!call) throw new Error('not called');
    return exchange.heard(call);
  };

  it('starts with the embedded voice while none is installed, and says so', async () => {
    expect(await speechState()).to.deep.equal({
      ok: true,
      reason:
        'degraded, the embedded voice speaks: no natural voice is installed; see: burgernet voices install --help',
    });
  });

  it('reaches the telephone phoneme by phoneme, twice, with a voice that was installed meanwhile', async () => {
    const source = await writeVoice(exchange.dataDir, NAME, echoModel());
    await installVoice({ voices, source, accept: false, worker, log, now: new Date() });
    const id = await exchange.draft('8251', { text: TEXT });
    expect(voiceOf(id)).to.equal(`natural ${NAME}`);
    expect(await speechState()).to.deep.equal({ ok: true, reason: '' });
    await exchange.service.services.actions.start(id);
    await exchange.calledOut(id);
    const { lexicon } = await openLexicon(SOUNDS);
    const expected = (await worker.phonemes(respell(spokenMessage(TEXT), lexicon).text)).map(({ ipa }) => ipa);
    expect(expected).to.have.length(2);
    expect(expected[0]).to.include(OPEL);
    // The prompts get this voice as soon as they are rendered, and the key cuts the first one off.
    const ofMessage = echoedSentences(await heardBy(FIRST), RATE).flatMap((said) =>
      expected.filter((sentence) => said.endsWith(sentence)),
    );
    expect(ofMessage).to.deep.equal([...expected, ...expected]);
  });

  it('is spoken by the embedded voice when the natural one breaks, which its record and readiness say', async () => {
    await truncate(modelOf(voices, NAME), 100);
    // The process that runs holds the whole model, so the damage shows once it has to start again.
    const text = 'Gezocht: een vrouw met een gele tas.';
    const started = log.lines.findLast(({ message }) => message === 'voice process started');
    process.kill(Number(started?.fields['pid']), 'SIGKILL');
    const id = await exchange.draft('8299', { text }, { kind: 'theft' });
    expect(voiceOf(id)).to.equal('embedded');
    await exchange.service.services.actions.start(id, { anyway: true });
    await exchange.calledOut(id);
    const { action } = exchange.service.services.actions.view(id);
    const message = await exchange.samples(rendered(action.message.soundId));
    const plays = hearings(await heardBy(SECOND), message).filter(({ complete }) => complete);
    expect(plays, 'the message by the embedded voice').to.have.length(2);
    expect(await speechState()).to.have.property('ok', true);
    expect(JSON.stringify(await speechState()))
      .to.include('degraded')
      .and.include('damaged');
    expect(log.said('warn')).to.include('voice process ended').and.include('chosen voice failed, another voice speaks');
  });
});
