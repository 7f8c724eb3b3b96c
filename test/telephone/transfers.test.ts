import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CentralistAccount } from '../../src/app/services.js';
import type { LiveCall, PhoneCall, Step } from '../../src/phonenet/index.js';
import { toneMarked, toneMarks, type MarkTone } from '../../src/phonenet/listening/tone-marks.js';
import { wavOf } from '../../src/phonenet/index.js';
import { dialogOf } from './support/bare-trunk.js';
import { reachable } from './support/citizens.js';
import { eventually } from './support/eventually.js';
import { startExchange, type Desk, type Exchange } from './support/exchange.js';
import type { Dialog } from './support/sip-peer.js';

const CALLER: readonly MarkTone[] = [1750, 600, 1750, 600, 1750, 600, 1750, 600];
const COLLEAGUE: readonly MarkTone[] = [480, 1900, 480, 1900, 480, 1900, 480, 1900];
/** Callers who were each reached in an action of their own centralist, by the transfer that they get. */
const CALLERS = { blind: '0612348801', unknown: '0612348802', attended: '0612348803' } as const;

describe('a caller who is transferred from a softphone', function () {
  this.timeout(60_000);
  let exchange: Exchange;
  let callerSays: string;
  let colleagueSays: string;

  const colleague = (): Promise<Desk> =>
    exchange.desk({
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
  const calls = (from: string, script: readonly Step[] = []): Promise<LiveCall> =>
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
    await exchange.network.setCitizens(Object.values(CALLERS).map(reachable));
  });

  after(() => exchange.stop());

  it('to the extension of a colleague talks with the colleague, and NOTIFY reports success to the softphone', async () => {
    const other = await colleague();
    const { extension } = other.account.centralist;
    const transferring: Step[] = [
      { do: 'wait', ms: 2_000 },
      { do: 'transfer', to: extension },
    ];
    const own = await exchange.desk({ type: 'answers', afterMs: 300, script: transferring });
    const actionId = await reached(CALLERS.blind, own.account);
    const speaking: Step[] = [
      { do: 'wait', ms: 10_000 },
      { do: 'play', sound: callerSays },
    ];
    const caller = await (await calls(CALLERS.blind, speaking)).ended;
    const [first, second] = [await last(own), await last(other)];
    expect(first.transfers).to.deep.equal(['SUCCESS']);
    expect(second.from).to.match(/^"Actie \d+ 8301AB/);
    expect(await marks(caller), 'the caller hears the colleague').to.include.members([...new Set(COLLEAGUE)]);
    expect(await marks(second), 'the colleague hears the caller').to.include.members([...new Set(CALLER)]);
    const [row] = exchange.service.services.tips.calls({ actionId });
    expect(row).to.include({ result: 'connected', centralistId: other.account.centralist.id });
  });

  it('to an unknown extension stays with the centralist, and NOTIFY reports failure to the softphone', async () => {
    const transferring: Step[] = [
      { do: 'wait', ms: 2_000 },
      { do: 'transfer', to: '999' },
      { do: 'play', sound: colleagueSays },
      { do: 'wait', ms: 500 },
      { do: 'hangup' },
    ];
    const own = await exchange.desk({ type: 'answers', afterMs: 300, script: transferring });
    const actionId = await reached(CALLERS.unknown, own.account);
    const caller = await (await calls(CALLERS.unknown)).ended;
    const first = await last(own);
    expect(first.transfers).to.deep.equal(['FAILURE']);
    expect(await marks(caller)).to.include.members([...new Set(COLLEAGUE)]);
    const [row] = exchange.service.services.tips.calls({ actionId });
    expect(row).to.include({ result: 'connected', centralistId: own.account.centralist.id });
  });

  describe('after consultation', () => {
    it('talks with the colleague at once; NOTIFY reports success, and both calls of the softphone end', async () => {
      const other = await colleague();
      const own = await exchange.centralist();
      const peer = await exchange.peer(own);
      expect(await peer.register(300)).to.equal(200);
      const actionId = await reached(CALLERS.attended, own);
      const answering = peer.answersNext();
      const speaking: Step[] = [
        { do: 'wait', ms: 10_000 },
        { do: 'play', sound: callerSays },
      ];
      const live = await calls(CALLERS.attended, speaking);
      const tip: Dialog = await answering;
      expect((await tip.offer('sendonly')).status).to.equal(200);
      const { extension } = other.account.centralist;
      const consulting = dialogOf(await peer.invite({ user: extension }));
      await exchange.network.until(
        ({ number, answeredAt }) => number === other.phone.username && answeredAt !== null,
        20_000,
      );
      // The controller knows of the answer now, because it has connected both.
      const isTalking = (): true | undefined =>
        toneMarks(peer.heard()).some(({ hz }) => COLLEAGUE.includes(hz)) || undefined;
      await eventually(isTalking, 20_000, 'the centralist hears the colleague');
      const server = `${exchange.sip.host}:${exchange.sip.port}`;
      const to = `<sip:${extension}@${server}?Replaces=${encodeURIComponent(consulting.replaces)}>`;
      expect((await tip.request('REFER', [['Refer-To', to]])).status).to.equal(202);
      await peer.until(
        ({ method, body }) => method === 'NOTIFY' && /^SIP\/2\.0 200/.test(body),
        10_000,
        'the success of the transfer',
      );
      await Promise.all([tip.over, consulting.over]);
      const caller = await live.ended;
      const second = await last(other);
      expect(await marks(second), 'the colleague hears the caller').to.include.members([...new Set(CALLER)]);
      expect(await marks(caller), 'the caller hears the colleague').to.include.members([...new Set(COLLEAGUE)]);
      const [row] = exchange.service.services.tips.calls({ actionId });
      expect(row).to.include({ result: 'connected', centralistId: other.account.centralist.id });
      expect((await other.phone.calls()).length, 'the colleague was rung once').to.equal(1);
    });
  });
});
