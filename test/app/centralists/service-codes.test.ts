import { expect } from 'chai';
import type { Action } from '../../../src/domain/action.js';
import { secondsToSay } from '../../../src/domain/prompts/take-check.js';
import type { Centralist } from '../../../src/ports/stores.js';
import { mobile } from '../../adapters/sqlite/support/fixtures.js';
import { ControlRoom, type RoomOptions } from '../../support/control-room.js';
import type { FakeCall } from '../../support/fake-call.js';
import { PRESSES, type FarEnd } from '../../support/far-end.js';
import { types, type Typing, type TypistOptions } from '../../support/typist.js';

/** Keys that start an action with *20. The message is ended with # after four seconds. */
const STARTS = {
  'desk-pin': '1234#',
  beep: '#',
  'desk-keep': '1',
  'desk-area': '8251#',
  'desk-area-more': '#',
  'desk-kind': '7',
  'desk-criteria': '1',
  'desk-start': '1',
} as const;
const SPEAKS: TypistOptions = { afterMs: { beep: 4_000 } };

describe('a call that a centralist dials', () => {
  let room: ControlRoom;

  const open = (options: RoomOptions = {}): ControlRoom => (room = new ControlRoom(options));
  const dials = (dialled: string, typing: Typing = {}, options: TypistOptions = {}, username = 'desk21'): FakeCall => {
    const call = room.telephony.dials(username, dialled);
    types(room.clock, call, typing, options);
    return call;
  };
  const hears = async (dialled: string, typing: Typing = {}, options: TypistOptions = {}): Promise<string> => {
    const call = dials(dialled, typing, options);
    await room.clock.finish(call.ended);
    await room.clock.advance(100);
    return call.heardWords;
  };
  const me = (): Centralist => room.stores.centralists.get(room.centralist.id)!;

  beforeEach(() => {
    open();
    room.centralists.setPin(room.centralist.id, '1234');
  });

  afterEach(() => {
    expect(room.serviceCodes.liveCalls).to.equal(0);
    expect(room.softphones.isEngaged(room.centralist.id), 'engaged').to.equal(false);
    expect([...room.keptRecordings], 'recordings left behind').to.deep.equal([]);
    room.close();
  });

  it('engages the centralist until the call is over', async () => {
    const call = dials('*30');
    await room.clock.advance(1_000);
    expect(room.softphones.engagements(room.centralist.id)).to.deep.equal(['desk_call']);
    expect(room.serviceCodes.liveCalls).to.equal(1);
    await room.clock.finish(call.ended);
  });

  for (const dialled of ['*99', '112', '0612345678', '99', '21']) {
    it(`is not in use: ${dialled}`, async () => {
      expect(await hears(dialled)).to.equal('desk-unknown desk-goodbye');
      expect(room.telephony.placed).to.deep.equal([]);
    });
  }

  it('is hung up when the account has no centralist', async () => {
    const call = room.telephony.dials('unknown-account', '*10');
    await room.clock.finish(call.ended);
    expect(call.heardWords).to.equal('');
  });

  describe('*10 and *11', () => {
    it('put the centralist on and off duty', async () => {
      room.softphones.setDuty(room.centralist.id, false);
      expect(await hears('*10')).to.equal('desk-on-duty desk-goodbye');
      expect(me().onDuty).to.equal(true);
      expect(await hears('*11')).to.equal('desk-off-duty desk-goodbye');
      expect(me().onDuty).to.equal(false);
    });

    it('say that an action of the centralist still runs', async () => {
      room.person(1);
      const { id } = await room.running();
      expect(await hears('*11')).to.equal('desk-off-duty desk-still-runs desk-goodbye');
      expect(me().onDuty).to.equal(false);
      room.actions.pause(id);
      expect(await hears('*11')).to.contain('desk-still-runs');
      await room.actions.close(id, { result: 'found' });
      expect(await hears('*11')).to.equal('desk-off-duty desk-goodbye');
    });

    it('say so when duty cannot be stored', async () => {
      room.softphones.setDuty(room.centralist.id, false);
      room.diskWorks = false;
      expect(await hears('*10')).to.equal('desk-failed desk-goodbye');
      room.diskWorks = true;
      expect(me().onDuty).to.equal(false);
    });
  });

  describe('*40', () => {
    const GOOD = { seconds: 2.5, level: -24, clipped: 0, aboveNoise: 40 };
    const NUMBER = 23;
    const named = (number: number): string | undefined =>
      room.recordedPrompts.script.sentences.find((sentence) => sentence.number === number)?.name;

    it('keeps a sentence in the voice of the centralist, and removes the recording', async () => {
      const { text } = room.recordedPrompts.script.sentences[NUMBER - 1]!;
      room.recordedPrompts.otherwise = { ...GOOD, seconds: secondsToSay(text) };
      const said = await hears(
        '*40',
        { 'desk-pin': '1234#', 'desk-sentence-which': `${NUMBER}#`, beep: '#', 'desk-sentence-keep': '1' },
        SPEAKS,
      );
      expect(said).to.contain(`desk-sentence-which digit-2 digit-3 desk-sentence-say ${text} beep desk-sentence-hear`);
      expect(said).to.contain('desk-sentence-keep desk-sentence-kept');
      const name = named(NUMBER) ?? '';
      expect(room.recordedPrompts.takes.readers['Desk']?.[name]).to.include({ text });
      expect(Object.keys(room.recordedPrompts.takes.readers)).to.deep.equal(['Desk']);
    });

    it('keeps sentences of a centralist with a long name and separate accents, each once', async () => {
      const name = `Rene\u0301e ${'van de Oude Hofstee '.repeat(3)}Jansen`;
      room.database.sqlite.prepare('UPDATE centralist SET name = ?').run(name);
      const [first, second] = room.recordedPrompts.script.sentences;
      const spoken = async (text: string): Promise<string> => {
        room.recordedPrompts.otherwise = { ...GOOD, seconds: secondsToSay(text) };
        const typing = { 'desk-pin': '1234#', 'desk-sentence-which': '#', beep: '#', 'desk-sentence-keep': '1' };
        return hears('*40', typing, SPEAKS);
      };
      expect(await spoken(first!.text)).to.contain(`${first!.text} beep desk-sentence-hear`);
      expect(await spoken(second!.text)).to.contain(`${second!.text} beep desk-sentence-hear`);
      const readers = Object.entries(room.recordedPrompts.takes.readers);
      expect(readers).to.have.length(1);
      expect(readers[0]?.[0]).to.match(/^Renée van de Oude Hofstee /);
      expect(Object.keys(readers[0]?.[1] ?? {})).to.deep.equal([first!.name, second!.name]);
    });

    it('asks again after a recording in which nothing can be heard, and keeps nothing', async () => {
      const said = await hears(
        '*40',
        { 'desk-pin': '1234#', 'desk-sentence-which': '#', beep: ['#', '#', '#'] },
        SPEAKS,
      );
      expect(said.match(/desk-sentence-sound/g)).to.have.length(3);
      expect(room.recordedPrompts.takes.readers).to.deep.equal({});
    });

    it('needs the PIN', async () => {
      expect(await hears('*40', { 'desk-pin': ['1111#', '2222#', '3333#'] })).to.match(/desk-pin-wrong desk-goodbye$/);
    });
  });

  describe('*20', () => {
    it('warns before the confirmation that no one may be reached, and starts all the same', async () => {
      room.person(1);
      room.telephony.problem = { code: 'trunk_refused', sipStatus: 403 };
      expect(await hears('*20', STARTS, SPEAKS)).to.match(
        /minuut\. Let op: de telecomprovider laat ons niet toe\. Er komen geen tips binnen\. desk-start desk-started/,
      );
    });

    it('says that it is a simulation, and starts when simulations are allowed', async () => {
      room.close();
      room = new ControlRoom({ simulation: { mayStart: true, reason: '' } });
      room.centralists.setPin(room.centralist.id, '1234');
      room.person(1);
      expect(await hears('*20', STARTS, SPEAKS)).to.match(
        /minuut\. Let op: dit is een simulatie\. Er wordt niemand echt gebeld\. desk-start desk-started/,
      );
      expect(room.actions.list()[0]).to.include({ state: 'running', simulated: true });
    });

    it('says that no action starts without a trunk, and does not ask to start it', async () => {
      room.close();
      room = new ControlRoom({ simulation: { mayStart: false, reason: '' } });
      room.centralists.setPin(room.centralist.id, '1234');
      room.person(1);
      expect(await hears('*20', STARTS, SPEAKS)).to.match(
        /De actie kan niet starten: er is geen telecomprovider ingesteld\..* desk-not-started desk-goodbye$/,
      );
      expect(room.actions.list().map(({ state }) => state)).to.deep.equal(['draft']);
    });

    it('starts an action that calls participants with the spoken message', async () => {
      room.person(1);
      room.telephony.otherwise = PRESSES;
      room.softphones.setDuty(room.centralist.id, false);
      const heard = await hears('*20', STARTS, SPEAKS);
      expect(heard).to.match(
        /desk-criteria 1 deelnemer, minder dan een minuut\. desk-start desk-started Actie 1\. desk-goodbye$/,
      );
      const [action, ...more] = room.actions.list();
      expect(more).to.deep.equal([]);
      expect(action).to.deep.include({
        kind: 'missing_child',
        title: 'Vermist kind, 8251',
        description: 'Ingesproken per telefoon',
        centralistId: room.centralist.id,
        state: 'running',
        criteria: { timeCritical: true, clearDescription: true },
      });
      expect(me().onDuty, 'starting an action puts the centralist on duty').to.equal(true);
      await room.calledOut(action!);
      const { soundId } = action!.message;
      expect(heard).to.contain(`desk-hear ${soundId} desk-keep`);
      expect(room.telephony.callsTo(mobile(1))[0]?.call.heardWords).to.contain(`alert-prompt ${soundId} ${soundId}`);
    });

    it('names an action that looks like it, and starts only after another 1', async () => {
      room.person(1);
      await hears('*20', STARTS, SPEAKS);
      const [first] = room.actions.list();
      const named = `desk-start desk-look-alike digit-1 ${String(first?.titleSoundId)} desk-start-anyway`;
      const asks = (keys: string) => hears('*20', { ...STARTS, 'desk-start-anyway': keys }, SPEAKS);
      expect(await asks('2')).to.match(new RegExp(`${named} desk-not-started desk-goodbye$`));
      expect(room.actions.list().map(({ state }) => state)).to.deep.equal(['running', 'draft']);
      expect(await asks('1')).to.match(new RegExp(`${named} desk-started Actie 3\\. desk-goodbye$`));
      expect(room.actions.list().map(({ state }) => state)).to.deep.equal(['running', 'draft', 'running']);
    });

    it('leaves a draft when it is not confirmed, and nothing when it ends earlier', async () => {
      room.person(1);
      await hears('*20', { ...STARTS, 'desk-start': '2' }, SPEAKS);
      expect(room.actions.list().map(({ state }) => state)).to.deep.equal(['draft']);
      await hears('*20', { ...STARTS, 'desk-kind': '' }, SPEAKS);
      expect(room.actions.list()).to.have.length(1);
    });

    it('needs a participant who can be called', async () => {
      expect(await hears('*20', { ...STARTS, 'desk-area': ['8251#', '8251#', '8251#'] }, SPEAKS)).to.match(
        /desk-area desk-nobody desk-not-started desk-goodbye$/,
      );
      room.close();
      open({ night: { from: 0, to: 23 * 60 + 59 } });
      room.centralists.setPin(room.centralist.id, '1234');
      room.person(1);
      expect(await hears('*20', STARTS, SPEAKS)).to.match(/desk-criteria desk-nobody desk-not-started desk-goodbye$/);
      expect(room.actions.list().map(({ state }) => state)).to.deep.equal(['draft']);
    });

    it('says so when the action cannot be stored', async () => {
      room.person(1);
      const call = dials('*20', STARTS, SPEAKS);
      await room.clock.until(() => call.heardWords.endsWith('desk-criteria'));
      room.diskWorks = false;
      await room.clock.finish(call.ended);
      room.diskWorks = true;
      expect(call.heardWords).to.match(/desk-criteria desk-failed desk-not-started desk-goodbye$/);
      await room.clock.advance(100);
    });

    it('is refused without a PIN, and after too many wrong PINs', async () => {
      room.stores.centralists.update(room.centralist.id, { pinDigest: null });
      expect(await hears('*20', STARTS, SPEAKS)).to.equal('desk-no-pin desk-goodbye');
      room.centralists.setPin(room.centralist.id, '1234');
      const wrong = { 'desk-pin': ['1#', '2#', '3#'] };
      for (let call = 0; call < 3; call++)
        expect(await hears('*20', wrong)).to.match(/^(desk-pin desk-pin-wrong ){3}desk-goodbye$/);
      expect(await hears('*20', wrong)).to.equal('desk-pin desk-pin-blocked desk-goodbye');
      expect(await hears('*20', STARTS, SPEAKS)).to.equal('desk-pin-blocked desk-goodbye');
      expect(room.actions.list()).to.deep.equal([]);
    });

    it('says so when it fails because of a bug', async () => {
      room.stores.participants.count = () => {
        throw new Error('a bug');
      };
      expect(await hears('*20', STARTS, SPEAKS)).to.match(/desk-area desk-failed$/);
      expect(room.log.said('error')).to.deep.equal(['call of a centralist failed']);
    });
  });

  describe('*21', () => {
    const CLOSES = { 'desk-result': '2', 'desk-close': '1' } as const;

    beforeEach(() => {
      room.person(1);
    });

    it('closes the action that the centralist runs, with its result', async () => {
      const { id } = await room.running();
      expect(await hears('*21', CLOSES)).to.equal(
        'Actie 1. Gestolen fiets desk-result desk-close desk-closed desk-goodbye',
      );
      expect(room.actions.view(id).action).to.include({ state: 'closed', result: 'arrested' });
    });

    it('asks for the number when the centralist runs or helps with several', async () => {
      const [first, second] = [await room.running(), await room.running()];
      const { centralist } = await room.centralists.add({ name: 'Kees', extension: '22' });
      const helped = await room.running({ centralistId: centralist.id });
      room.actions.setTeam(helped.id, [room.centralist.id]);
      await hears('*21', { ...CLOSES, 'desk-which': `${second.number}#` });
      expect(room.actions.view(second.id).action.state).to.equal('closed');
      expect(await hears('*21', CLOSES), 'their own action goes before the actions of others').to.match(/^Actie 1\. /);
      expect(room.actions.view(first.id).action.state).to.equal('closed');
      expect(await hears('*21', CLOSES)).to.match(/^Actie 3\. .* desk-closed/);
      expect(await hears('*21', CLOSES)).to.equal('desk-no-action desk-goodbye');
    });

    it('does not close the action of a colleague', async () => {
      const { centralist } = await room.centralists.add({ name: 'Kees', extension: '22' });
      await room.running({ centralistId: centralist.id });
      await room.draft();
      expect(await hears('*21', CLOSES)).to.equal('desk-no-action desk-goodbye');
    });

    it('says so when the action cannot be closed', async () => {
      const { id } = await room.running();
      room.actions.close = () => Promise.reject(new Error('a bug'));
      expect(await hears('*21', CLOSES)).to.match(/desk-failed desk-not-closed desk-goodbye$/);
      expect(room.actions.view(id).action.state).to.equal('running');
    });
  });

  describe('*22', () => {
    it('says the counts of their action', async () => {
      room.people(3);
      room.telephony.script(mobile(1), PRESSES);
      const action: Action = await room.running();
      await room.clock.until(() => room.actions.view(action.id).counts.reached === 1);
      expect(await hears('*22')).to.equal(
        'Actie 1. Gestolen fiets 3 deelnemers in het gebied. 3 gebeld. 1 bereikt. Nog geen tips. desk-goodbye',
      );
    });

    it('says the counts of a colleague’s action when they have none', async () => {
      room.person(1);
      const { centralist } = await room.centralists.add({ name: 'Kees', extension: '22' });
      await room.running({ centralistId: centralist.id });
      expect(await hears('*22')).to.match(/^Actie 1\. .*1 deelnemer in het gebied/);
    });

    it('says that no action runs', async () => {
      expect(await hears('*22')).to.equal('desk-no-action desk-goodbye');
    });
  });

  describe('*30', () => {
    it('plays the recording, and says whether its level is good', async () => {
      const heard = await hears('*30');
      expect(heard).to.match(/^desk-echo beep \/recordings\/bn-\S+\.wav desk-level-good desk-goodbye$/);
    });

    for (const [level, loudness] of [
      ['soft', { rms: -40, peak: -25 }],
      ['loud', { rms: -8, peak: -0.1 }],
    ] as const) {
      it(`says that the level is ${level}`, async () => {
        room.loudness = loudness;
        expect(await hears('*30')).to.contain(`desk-level-${level}`);
      });
    }

    it('says that nothing was heard, also when the recording cannot be measured', async () => {
      for (const loudness of [{ rms: -90, peak: -80 }, undefined]) {
        room.loudness = loudness;
        expect(await hears('*30')).to.equal('desk-echo beep desk-level-none desk-goodbye');
      }
    });

    it('keeps no recording when the centralist hangs up during it', async () => {
      expect(await hears('*30', {}, { hangsUpAt: { sound: 'beep', afterMs: 2_000 } })).to.equal('desk-echo beep');
    });
  });

  describe('a colleague’s extension', () => {
    let colleague: Centralist;

    const answers = (farEnd: FarEnd): void => {
      room.telephony.script(colleague.sipUsername, farEnd);
    };

    beforeEach(async () => {
      ({ centralist: colleague } = await room.centralists.add({ name: 'Kees', extension: '22' }));
    });

    it('rings with the name of the caller on the display, and connects both, who are engaged meanwhile', async () => {
      answers({ answersAfterMs: 4_000, hangsUpAtMs: 30_000 });
      const call = dials('22');
      await room.clock.advance(10_000);
      const [leg] = room.telephony.callsTo(colleague.sipUsername);
      expect(leg?.order.callerId).to.deep.equal({ number: '21', name: 'Desk' });
      expect(room.softphones.engagements(colleague.id)).to.deep.equal(['colleague']);
      expect(room.softphones.engagements(room.centralist.id)).to.deep.equal(['desk_call']);
      await room.clock.finish(call.ended);
      expect(call.heardWords).to.equal('ringing');
      expect(room.telephony.conversations.map(({ from, to }) => to! - from)).to.deep.equal([30_000]);
      expect(room.softphones.isEngaged(colleague.id)).to.equal(false);
    });

    it('hangs up the colleague when the centralist hangs up', async () => {
      answers({ answersAfterMs: 1_000 });
      await hears('22', {}, { hangsUpAt: { sound: 'ringing', afterMs: 8_000 } });
      expect(room.telephony.callsTo(colleague.sipUsername)[0]?.end).to.include({ by: 'us' });
    });

    it('rings a colleague who is off duty, too', async () => {
      room.softphones.setDuty(colleague.id, false);
      answers({ answersAfterMs: 0, hangsUpAtMs: 1_000 });
      await hears('22');
      expect(room.telephony.conversations).to.have.length(1);
    });

    it('says that an engaged colleague is in a call, and does not ring them', async () => {
      const lease = room.softphones.engage(colleague.id, 'tip');
      expect(await hears('22')).to.equal('ringing desk-engaged desk-goodbye');
      expect(room.telephony.placed).to.deep.equal([]);
      lease.release();
    });

    it('says that a colleague does not answer after 20 s, or without a registration', async () => {
      const call = dials('22');
      await room.clock.finish(call.ended);
      expect(call.heardWords).to.equal('ringing desk-no-answer desk-goodbye');
      answers({});
      expect(await hears('22')).to.match(/^(ringing ){4,5}desk-no-answer desk-goodbye$/);
    });
  });

  describe('after a restart', () => {
    it('begins again when it was a service code', async () => {
      const survivingDeskCalls = [{ id: 'dialled-9', answered: true, username: 'desk21', dialled: '*22' }];
      room = await room.restart({ survivingDeskCalls });
      await room.clock.advance(30_000);
      const [call] = room.telephony.takenOverDeskCalls;
      expect(call?.heardWords).to.equal('desk-no-action desk-goodbye');
      expect(call?.answeredAt).not.to.equal(undefined);
    });

    it('goes on when it was a conversation between colleagues, until one hangs up', async () => {
      const { centralist: colleague } = await room.centralists.add({ name: 'Kees', extension: '22' });
      const id = room.ids.ofColleague(colleague.id, 1);
      const surviving = [
        { id, rang: true, answered: true, steps: [], soundId: undefined, farEnd: { hangsUpAtMs: 9_000 } },
      ];
      const survivingDeskCalls = [{ id: 'dialled-9', answered: true, username: 'desk21', dialled: '22' }];
      room = await room.restart({
        survivingOutgoing: surviving,
        survivingDeskCalls,
        survivingConversations: [{ a: 'dialled-9', b: id }],
      });
      await room.clock.advance(5_000);
      expect(room.telephony.orphans).to.deep.equal([]);
      expect(room.softphones.engagements(colleague.id)).to.deep.equal(['colleague']);
      expect(room.telephony.placed, 'no softphone is rung again').to.deep.equal([]);
      await room.clock.advance(5_000);
      expect(room.telephony.takenOverDeskCalls[0]?.heardWords).to.equal('');
      expect(room.softphones.isEngaged(colleague.id)).to.equal(false);
    });

    it('rings the colleague again when they had not answered', async () => {
      const { centralist: colleague } = await room.centralists.add({ name: 'Kees', extension: '22' });
      const id = room.ids.ofColleague(colleague.id, 1);
      const surviving = [{ id, rang: true, answered: false, steps: [], soundId: undefined }];
      const survivingDeskCalls = [{ id: 'dialled-9', answered: true, username: 'desk21', dialled: '22' }];
      const scripts = { [colleague.sipUsername]: { answersAfterMs: 1_000, hangsUpAtMs: 2_000 } };
      room = await room.restart({ survivingOutgoing: surviving, survivingDeskCalls, scripts });
      expect(room.telephony.orphans).to.deep.equal([id]);
      expect(room.telephony.answeredElsewhere, 'no missed call').to.deep.equal([id]);
      await room.clock.advance(5_000);
      expect(room.telephony.conversations).to.have.length(1);
    });
  });
});
