import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, truncate, copyFile } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostOptions } from '../../../../src/adapters/speech/natural/host-messages.js';
import { installVoice } from '../../../../src/adapters/speech/natural/install-voice.js';
import { written } from '../../../../src/adapters/speech/natural/piper-tokens.js';
import { modelOf, tokensOf, type Voice } from '../../../../src/adapters/speech/natural/voice-files.js';
import {
  createVoiceProcess,
  VoiceFailed,
  type VoiceProcess,
  type VoiceProcessOptions,
} from '../../../../src/adapters/speech/natural/voice-process.js';
import { createSoundWorker } from '../../../../src/adapters/speech/sound-worker.js';
import { isAlive } from '../../../../src/lib/is-alive.js';
import { FakeLog } from '../../../support/fake-log.js';
import { eventually } from '../../../telephone/support/eventually.js';
import { echoedSentences, echoModel, ECHO_RATE, writeVoice } from '../../../support/test-voices.js';
import { quietLog } from '../sound-helpers.js';

describe('the process of a voice', function () {
  this.timeout(60_000);
  let folder: string;
  let voice: Voice;
  let options: HostOptions;
  let log: FakeLog;
  let speaker: VoiceProcess | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'burgernet-voice-process-'));
    const voices = join(folder, 'voices');
    const worker = createSoundWorker();
    const source = await writeVoice(folder, 'nl_NL-echo-low', echoModel());
    const install = { voices, source, accept: false, worker, log: quietLog, now: new Date() };
    ({ voice } = await installVoice(install).finally(() => worker.close()));
    const [model, tokens] = [modelOf(voices, voice.name), tokensOf(voices, voice.name)];
    const { readySha256 } = voice;
    options = { model, tokens, readySha256, lengthScale: 1, noiseScale: 0.667, noiseScaleW: 0.8, threads: 1 };
  });
  after(() => rm(folder, { recursive: true }));
  afterEach(async () => {
    await speaker?.close();
    speaker = undefined;
  });

  const start = (change: Partial<HostOptions> = {}, parts: Partial<VoiceProcessOptions> = {}): VoiceProcess => {
    log = new FakeLog();
    speaker = createVoiceProcess({ ...options, ...change }, { log, ...parts });
    return speaker;
  };
  const say = async (by: VoiceProcess, ipa: string): Promise<readonly string[]> => {
    const { samples, rate } = await by.say(written(ipa, voice.settings).text);
    expect(rate).to.equal(ECHO_RATE);
    return echoedSentences(samples, rate);
  };
  const failure = async (work: Promise<unknown>): Promise<VoiceFailed> => {
    const error = await work.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(VoiceFailed);
    return error as VoiceFailed;
  };
  const deaths = (): number => log.said('warn').filter((message) => message === 'voice process ended').length;

  it('starts with the first sentence and speaks sentences in their order', async () => {
    const by = start();
    expect(by.pid).to.equal(undefined);
    const said = await Promise.all(['een', 'tw', 'dri'].map((ipa) => say(by, ipa)));
    expect(said).to.deep.equal([['een'], ['tw'], ['dri']]);
    expect(isAlive(by.pid ?? 0)).to.equal(true);
  });

  it('goes before telephony neither for the processor nor for memory', async () => {
    const by = start();
    await say(by, 'een');
    expect(getPriority(by.pid)).to.equal(5);
    if (process.platform !== 'linux') return;
    expect(readFileSync(`/proc/${by.pid}/oom_score_adj`, 'utf8').trim()).to.equal('500');
  });

  it('speaks a sentence again that was being spoken when the process was killed', async () => {
    const by = start();
    await say(by, 'een');
    const first = by.pid ?? 0;
    // A process that stands still has the sentence, and cannot have answered when it is killed.
    process.kill(first, 'SIGSTOP');
    const saying = [say(by, 'tw'), say(by, 'dri')];
    await new Promise((resolve) => setImmediate(resolve));
    process.kill(first, 'SIGKILL');
    expect(await Promise.all(saying)).to.deep.equal([['tw'], ['dri']]);
    expect(by.pid).not.to.equal(first);
    expect(deaths()).to.equal(1);
  });

  it('gives a sentence up when it takes too long, and speaks the next one with a new process', async () => {
    let limit = 30_000;
    const by = start({}, { sentenceMs: () => limit });
    await say(by, 'een');
    const first = by.pid ?? 0;
    process.kill(first, 'SIGSTOP');
    limit = 200;
    const saying = failure(say(by, 'tw'));
    expect((await saying).message).to.equal('a sentence took longer than 0.2 seconds');
    limit = 30_000;
    expect(await say(by, 'dri')).to.deep.equal(['dri']);
    await eventually(() => !isAlive(first) || undefined, 10_000, 'the first process has ended');
  });

  it('rests for a minute after three deaths, and then tries again', async () => {
    let now = 0;
    const model = join(folder, 'broken.onnx');
    await copyFile(options.model, model);
    await truncate(model, 5000);
    const by = start({ model }, { now: () => now });
    expect((await failure(say(by, 'een'))).message).to.include('broken.onnx is damaged: install the voice again');
    expect(deaths(), 'the sentence was tried twice').to.equal(2);
    expect((await failure(say(by, 'een'))).message)
      .to.include('3 times within a minute and rests: ')
      .and.include('damaged');
    expect((await failure(say(by, 'een'))).message).to.include('rests');
    expect(deaths()).to.equal(3);
    await copyFile(options.model, model);
    now += 60_001;
    expect(await say(by, 'een')).to.deep.equal(['een']);
  });

  it('gives up a start that takes too long', async () => {
    const by = start({}, { startMs: 1 });
    expect((await failure(say(by, 'een'))).message).to.equal('the voice did not start within 0.001 seconds');
  });

  it('ends when it is closed, and so does the sentence that is being spoken', async () => {
    const by = start();
    await say(by, 'een');
    const pid = by.pid ?? 0;
    process.kill(pid, 'SIGSTOP');
    const saying = failure(say(by, 'tw'));
    await new Promise((resolve) => setImmediate(resolve));
    await by.close();
    await by.close();
    expect(isAlive(pid)).to.equal(false);
    expect((await saying).message).to.include('the voice process ended');
    expect((await failure(say(by, 'dri'))).message).to.equal('the voice is closed');
    expect(deaths()).to.equal(0);
  });
});
