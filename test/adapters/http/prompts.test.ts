import { expect } from 'chai';
import type { PromptsView, SetView } from '../../../src/app/services.js';
import { neededFor } from '../../../src/domain/prompts/sentences.js';
import { secondsToSay } from '../../../src/domain/prompts/take-check.js';
import { memoryWav } from '../../support/memory-prompts.js';
import { controlRoom } from './console-fixtures.js';
import { loggedIn } from './browser.js';
import { startHarness, type Harness } from './harness.js';

const WAV = { 'content-type': 'audio/wav' };

describe('HTTP: prompts in the voice of a person', () => {
  let http: Harness;
  beforeEach(async () => void (http = await startHarness()));
  afterEach(() => http.close());

  const sentences = () => http.services.recordedPrompts.script.sentences;
  const good = (name: string): Buffer => {
    const text = sentences().find((sentence) => sentence.name === name)?.text ?? '';
    return memoryWav({ seconds: secondsToSay(text) });
  };
  const send = async (method: string, path: string, body: Buffer): Promise<{ status: number; body: unknown }> => {
    const response = await http.ask(path, { method, headers: WAV, body: new Uint8Array(body) });
    return { status: response.status, body: await response.json() };
  };
  const check = async (name: string, wav = good(name)): Promise<{ name: string; soundId: string }> => {
    const { status, body } = await send('POST', `/prompts/${name}/check`, wav);
    expect(status, name).to.equal(200);
    return { name, soundId: (body as { soundId: string }).soundId };
  };
  const checkAll = (names: readonly string[]) => Promise.all(names.map((name) => check(name)));
  const view = async (): Promise<PromptsView> => (await http.get('/prompts')).body as PromptsView;
  const setOf = async (name: SetView['set']): Promise<SetView | undefined> =>
    (await view()).sets.find(({ set }) => set === name);
  const namesOf = (set: SetView['set']): string[] => {
    const { texts, words } = http.services.recordedPrompts.script;
    return [...neededFor(set, texts, words)];
  };

  it('lists the sentences in order, with their texts and lengths', async () => {
    const { sentences: listed, sets } = await view();
    expect(listed[0]).to.deep.include({ number: 1, name: 'alert-prompt', set: 'alert', takes: [] });
    expect(listed.map(({ name }) => name)).to.include.members(['ending.1', 'tip-place.2', 'desk-goodbye']);
    expect(sets.map(({ set, reader }) => [set, reader])).to.deep.equal([
      ['alert', null],
      ['tip_line', null],
      ['centralists', null],
    ]);
  });

  it('keeps one recording, and says what is missing still', async () => {
    const { status, body } = await send('PUT', '/prompts/thanks?reader=Anna', good('thanks'));
    expect(status).to.equal(200);
    expect(body).to.deep.include({ kept: 1, begun: [] });
    const alert = await setOf('alert');
    expect(alert?.readers[0]).to.deep.include({ reader: 'Anna', recorded: 1 });
    expect(alert?.readers[0]?.missing).to.include('ending.1').and.not.to.include('thanks');
    const { sentences: listed } = await view();
    expect(listed.find(({ name }) => name === 'thanks')?.takes[0]).to.deep.include({ reader: 'Anna', current: true });
    const audio = await http.ask('/prompts/thanks/audio?reader=Anna');
    expect([audio.status, audio.headers.get('content-type')]).to.deep.equal([200, 'audio/wav']);
    expect((await http.ask('/prompts/thanks/audio')).status).to.equal(200);
    expect((await http.ask('/prompts/thanks/audio?reader=Bram')).status).to.equal(404);
  });

  it('refuses a recording that does not fit its text, with the reason', async () => {
    const { status, body } = await send('PUT', '/prompts/thanks', memoryWav({ seconds: 30, clipped: 0.5 }));
    expect(status).to.equal(400);
    expect(JSON.stringify(body)).to.match(/is too long for its text.*is distorted/);
    expect(http.services.recordedPrompts.takes.readers).to.deep.equal({});
    expect((await send('PUT', '/prompts/thanks', Buffer.from('MP3'))).status).to.equal(400);
    expect((await send('PUT', '/prompts/thanx', good('thanks'))).status).to.equal(404);
    const empty = await http.ask('/prompts/thanks', { method: 'PUT', headers: WAV });
    expect(empty.status).to.equal(400);
    const text = await http.ask('/prompts/thanks', {
      method: 'PUT',
      headers: { 'content-type': 'text/plain' },
      body: 'x',
    });
    expect(text.status).to.equal(415);
  });

  it('imports the recordings of a complete set, which is then played in that voice', async () => {
    const takes = await checkAll(namesOf('alert'));
    expect(http.services.recordedPrompts.takes.readers, 'a check keeps nothing').to.deep.equal({});
    const whole = await http.post('/prompts/import', { reader: 'Anna', takes });
    expect(whole.status).to.equal(400);
    expect(JSON.stringify(whole.body)).to.include('nothing was kept').and.to.include('tip-unknown');
    expect(http.services.recordedPrompts.takes.readers).to.deep.equal({});
    const partial = await http.post('/prompts/import', { reader: 'Anna', takes, partial: true });
    expect(partial.body).to.deep.include({ kept: takes.length, begun: ['alert'] });
    expect((await setOf('alert'))?.reader).to.equal('Anna');
    expect((await setOf('tip_line'))?.reader).to.equal(null);
  });

  it('imports all of the list at once', async () => {
    const takes = await checkAll(sentences().map(({ name }) => name));
    const { status, body } = await http.post('/prompts/import', { takes });
    expect(status).to.equal(200);
    expect(body).to.deep.include({ kept: takes.length, begun: ['alert', 'tip_line', 'centralists'] });
  });

  it('refuses an import with a name or a sound that is unknown, and keeps nothing of it', async () => {
    const takes = [await check('thanks'), { name: 'tanks', soundId: '0'.repeat(32) }];
    const { status, body } = await http.post('/prompts/import', { takes, partial: true });
    expect(status).to.equal(400);
    expect(JSON.stringify(body)).to.include('takes.1.name').and.to.include('is it thanks?');
    const gone = [{ name: 'thanks', soundId: '0'.repeat(32) }];
    expect((await http.post('/prompts/import', { takes: gone, partial: true })).status).to.equal(400);
    expect(http.services.recordedPrompts.takes.readers).to.deep.equal({});
  });

  it('keeps nothing when it cannot be stored', async () => {
    http.services.recordedPrompts.failsWith = new Error('ENOSPC');
    const takes = [await check('thanks')];
    expect((await http.post('/prompts/import', { takes, partial: true })).status).to.equal(500);
    expect(http.services.recordedPrompts.takes.readers).to.deep.equal({});
    expect((await http.post('/prompts/import', { takes, partial: true })).status).to.equal(200);
  });

  it('forgets one reader, or everybody', async () => {
    for (const reader of ['Anna', 'Bram']) await send('PUT', `/prompts/thanks?reader=${reader}`, good('thanks'));
    expect((await http.ask('/prompts?reader=Cor', { method: 'DELETE' })).status).to.equal(404);
    expect((await http.ask('/prompts?reader=Anna', { method: 'DELETE' })).status).to.equal(200);
    expect(Object.keys(http.services.recordedPrompts.takes.readers)).to.deep.equal(['Bram']);
    expect((await http.ask('/prompts', { method: 'DELETE' })).status).to.equal(200);
    expect(http.services.recordedPrompts.takes.readers).to.deep.equal({});
  });

  it('says whose recording is of an earlier text', async () => {
    await send('PUT', '/prompts/thanks?reader=Anna', good('thanks'));
    const { recordedPrompts } = http.services;
    const old = recordedPrompts.takes.readers['Anna']?.['thanks'];
    if (!old) throw new Error('nothing was kept');
    recordedPrompts.takes = { chosen: {}, readers: { Anna: { thanks: { ...old, text: 'Dank.' }, gone: old } } };
    const { sentences: listed, obsolete } = await view();
    expect(listed.find(({ name }) => name === 'thanks')?.takes[0]).to.include({ current: false });
    expect(obsolete).to.deep.equal([{ reader: 'Anna', name: 'gone' }]);
  });

  describe('the page of the console', () => {
    it('shows every sentence with its recordings, and which voice callers hear', async () => {
      await controlRoom(http);
      await send('PUT', '/prompts/thanks?reader=Anna', good('thanks'));
      const browser = await loggedIn(http, 1);
      const { html, status, text } = await browser.visit('/console/prompts');
      expect(status).to.equal(200);
      expect(text).to.include('Gesproken teksten').and.to.include('Bellers horen de computerstem');
      expect(text)
        .to.include('Dank u wel voor uw hulp. Tot ziens.')
        .and.to.match(/Anna: 1 van \d+ zinnen/);
      expect(html).to.include('src="/api/v1/prompts/thanks/audio?reader=Anna"');
      expect(html).not.to.match(/ on\w+=|style=/);
    });

    it('keeps a recording that its script sends, and answers in Dutch', async () => {
      const { cookie } = await loggedIn(http);
      const record = async (path: string, wav: Buffer): Promise<{ status: number; text: string }> => {
        const headers = { ...WAV, cookie, 'sec-fetch-site': 'same-origin' };
        const response = await fetch(`${http.url}${path}`, { method: 'POST', headers, body: new Uint8Array(wav) });
        return { status: response.status, ...((await response.json()) as { text: string }) };
      };
      expect(await record('/console/prompts/thanks?reader=Anna', good('thanks'))).to.deep.equal({
        status: 200,
        text: 'Bewaard.',
      });
      expect(await record('/console/prompts/thanks?reader=Anna', memoryWav({ seconds: 0.2 }))).to.deep.equal({
        status: 400,
        text: 'Dit is te kort voor deze zin.',
      });
      expect((await record('/console/prompts/thanks?reader=%20', good('thanks'))).text).to.include('naam van de stem');
      expect((await record('/console/prompts/thanks?reader=Anna', Buffer.from('MP3'))).text).to.include('geen stem');
      expect((await record('/console/prompts/nothing?reader=Anna', good('thanks'))).status).to.equal(404);
    });
  });
});
