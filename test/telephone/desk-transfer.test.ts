import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CentralistAccount } from '../../src/app/services.js';
import type { DeskBehaviour, LiveCall, PhoneCall, Softphone, Step } from '../../src/phonenet/index.js';
import { toneMarked, toneMarks, type MarkTone } from '../../src/phonenet/listening/tone-marks.js';
import { wavOf } from '../../src/phonenet/index.js';
import { startExchange, type Exchange } from './support/exchange.js';
import { startPeer, type Dialog, type SipPeer } from './support/sip-peer.js';

const CALLER: readonly MarkTone[] = [1750, 600, 1750, 600, 1750, 600, 1750, 600];
const COLLEAGUE: readonly MarkTone[] = [480, 1900, 480, 1900, 480, 1900, 480, 1900];
/** Each of them was reached in an action of its own centralist. */
const CALLERS = { blind: '0612348801', nobody: '0612348802', asked: '0612348803' } as const;

describe('a caller who is passed on from a softphone', function () {
  this.timeout(60_000);
  let exchange: Exchange;
  let callerSays: string;
  let colleagueSays: string;

  interface Desk {
    readonly account: CentralistAccount;
    readonly phone: Softphone;
  }
  const phoneOf = async (behaviour: DeskBehaviour): Promise<Desk> => {
    const account = await exchange.centralist();
    const { sipUsername: username, sipPassword: password } = account.centralist;
    const phone = await exchange.network.softphone({ username, password, server: account.server }, behaviour);
    return { account, phone };
  };
  const colleague = (): Promise<Desk> =>
    phoneOf({
      type: 'answers',
      afterMs: 800,
      script: [
        { do: 'wait', ms: 1_500 },
        { do: 'play', sound: colleagueSays },
      ],
      hangUpAfterMs: 12_000,
    });
  /** A running action of this centralist in which this number was reached. */
  const reached = async (from: string, { centralist }: CentralistAccount): Promise<number> => {
    const postcode = `83${from.slice(-2)}`;
    exchange.participant(from, `${postcode}AB`);
    const id = await exchange.draft(postcode, { text: 'Gezocht: een kat.' }, { centralistId: centralist.id });
    await exchange.service.services.actions.start(id, { anyway: true });
    await exchange.until(id, ({ counts }) => counts.confirmed === 1, `${from} to be reached`);
    await exchange.calledOut(id);
    return id;
  };
  const rings = (from: string, script: readonly Step[] = []): Promise<LiveCall> =>
    exchange.network.startCall({ from, script: [...script, { do: 'listen' }] });
  const marks = async (call: PhoneCall): Promise<number[]> => toneMarks(await exchange.heard(call)).map(({ hz }) => hz);
  const last = async ({ phone }: Desk): Promise<PhoneCall> => {
    const call = (await phone.calls()).at(-1);
    if (!call) throw new Error('the softphone was not rung');
    await exchange.network.whole(call);
    return call;
  };

  before(async () => {
    exchange = await startExchange();
    callerSays = join(exchange.dataDir, 'caller');
    colleagueSays = join(exchange.dataDir, 'colleague');
    await writeFile(`${callerSays}.wav`, wavOf(toneMarked(CALLER)));
    await writeFile(`${colleagueSays}.wav`, wavOf(toneMarked(COLLEAGUE)));
    await exchange.network.setCitizens(
      Object.values(CALLERS).map((number) => ({
        number,
        persona: 'hangs_up_in_message' as const,
        answerAfterMs: 200,
        pressAfterMs: 300,
        hangUpAfterMs: 400,
      })),
    );
  });

  after(() => exchange.stop());

  it('to an extension talks with the colleague there, and the softphone is told', async () => {
    const other = await colleague();
    const { extension } = other.account.centralist;
    const passing: Step[] = [
      { do: 'wait', ms: 2_000 },
      { do: 'transfer', to: extension },
    ];
    const own = await phoneOf({ type: 'answers', afterMs: 300, script: passing });
    const actionId = await reached(CALLERS.blind, own.account);
    const speaking: Step[] = [
      { do: 'wait', ms: 10_000 },
      { do: 'play', sound: callerSays },
    ];
    const caller = await (await rings(CALLERS.blind, speaking)).ended;
    const [passed, taken] = [await last(own), await last(other)];
    expect(passed.transfers).to.deep.equal(['SUCCESS']);
    expect(taken.from).to.match(/^"Actie \d+ 8301AB/);
    expect(await marks(caller), 'the colleague is heard').to.include.members([...new Set(COLLEAGUE)]);
    expect(await marks(taken), 'and hears').to.include.members([...new Set(CALLER)]);
    const [row] = exchange.service.services.tips.calls({ actionId });
    expect(row).to.include({ result: 'connected', centralistId: other.account.centralist.id });
  });

  it('to an extension that nobody has talks on, and the softphone is told that it failed', async () => {
    const passing: Step[] = [
      { do: 'wait', ms: 2_000 },
      { do: 'transfer', to: '999' },
      { do: 'play', sound: colleagueSays },
      { do: 'wait', ms: 500 },
      { do: 'hangup' },
    ];
    const own = await phoneOf({ type: 'answers', afterMs: 300, script: passing });
    const actionId = await reached(CALLERS.nobody, own.account);
    const caller = await (await rings(CALLERS.nobody)).ended;
    const passed = await last(own);
    expect(passed.transfers).to.deep.equal(['FAILURE']);
    expect(await marks(caller)).to.include.members([...new Set(COLLEAGUE)]);
    const [row] = exchange.service.services.tips.calls({ actionId });
    expect(row).to.include({ result: 'connected', centralistId: own.account.centralist.id });
  });

  describe('to a colleague who was asked first', () => {
    let peer: SipPeer;

    afterEach(() => {
      peer.close();
    });

    it('talks with them at once; the softphone is told, and both its calls are over', async () => {
      const other = await colleague();
      const own = await exchange.centralist();
      peer = await startPeer(exchange.sip, {
        username: own.centralist.sipUsername,
        password: own.centralist.sipPassword,
      });
      expect(await peer.register(300)).to.equal(200);
      const actionId = await reached(CALLERS.asked, own);
      const answering = peer.answersNext();
      const speaking: Step[] = [
        { do: 'wait', ms: 10_000 },
        { do: 'play', sound: callerSays },
      ];
      const live = await rings(CALLERS.asked, speaking);
      const tip: Dialog = await answering;
      expect((await tip.offer('sendonly')).status).to.equal(200);
      const { extension } = other.account.centralist;
      const { dialog: asking } = await peer.invite({ user: extension });
      if (!asking) throw new Error('the colleague’s extension was not answered');
      await exchange.network.until(
        ({ number, answeredAt }) => number === other.phone.username && answeredAt !== null,
        20_000,
      );
      const server = `${exchange.sip.host}:${exchange.sip.port}`;
      const to = `<sip:${extension}@${server}?Replaces=${encodeURIComponent(asking.replaces)}>`;
      expect((await tip.request('REFER', [['Refer-To', to]])).status).to.equal(202);
      await peer.until(
        ({ method, body }) => method === 'NOTIFY' && /^SIP\/2\.0 200/.test(body),
        10_000,
        'the good news',
      );
      await Promise.all([tip.over, asking.over]);
      const caller = await live.ended;
      const taken = await last(other);
      expect(await marks(taken), 'the caller is heard').to.include.members([...new Set(CALLER)]);
      expect(await marks(caller), 'and hears').to.include.members([...new Set(COLLEAGUE)]);
      const [row] = exchange.service.services.tips.calls({ actionId });
      expect(row).to.include({ result: 'connected', centralistId: other.account.centralist.id });
      expect((await other.phone.calls()).length, 'rung once').to.equal(1);
    });
  });
});
