import { expect } from 'chai';
import type { E164 } from '../../src/domain/phone-number.js';
import type { Call } from '../../src/ports/call.js';
import { prompt, type PromptName } from '../../src/domain/messages.js';
import type { InboundCall } from '../../src/domain/tip.js';
import { timesHeard } from '../../src/phonenet/index.js';
import type { Adapter } from './support/adapter.js';
import {
  callTipLine,
  dialogOf,
  startBareTrunk,
  TIP_LINE,
  type AnsweredCall,
  type BareTrunk,
} from './support/bare-trunk.js';
import { reachable } from './support/citizens.js';
import { pressesAfter } from './support/durations.js';
import { eventually } from './support/eventually.js';
import { startExchange, type Exchange } from './support/exchange.js';
import type { Dialog, SipPeer } from './support/sip-peer.js';

const BODIES = ['dtmf-relay', 'dtmf'] as const;
const KEY_MS = 100;
/** Pressed last, by RFC 4733 alone. When this key arrives, every key before it has arrived. */
const LAST = '#';
const LATE_MS = 15_000;
const SOON_MS = 30_000;

/** The way in which a gateway signals the keys that are pressed. */
interface Gateway {
  readonly name: string;
  /** ms from the press of a key to its RFC 4733 event; undefined for no event. */
  readonly events?: number;
  /** ms from the press of a key to its SIP INFO; undefined for no INFO. */
  readonly info?: number;
  readonly body?: (typeof BODIES)[number];
  /** The duration that the INFO declares, ms. */
  readonly declares?: number;
}

const SENT_ONCE: readonly Gateway[] = [
  { name: 'RFC 4733 alone', events: 0 },
  { name: 'SIP INFO alone (dtmf-relay)', info: 0, body: 'dtmf-relay' },
  { name: 'SIP INFO alone (dtmf)', info: 0, body: 'dtmf' },
  { name: 'SIP INFO alone, with a duration longer than the press', info: 0, body: 'dtmf-relay', declares: 250 },
];
/** ms from the beginning of the RFC 4733 event, which ends after the 100 ms of the key. */
const INFO_AFTER_MS = [0, 60, 100, 120, 200, 400];
const SENT_TWICE: readonly Gateway[] = [
  ...BODIES.flatMap((body) =>
    INFO_AFTER_MS.map((info) => ({ name: `RFC 4733 and, ${info} ms later, ${body}`, events: 0, info, body })),
  ),
  { name: 'dtmf-relay and, 300 ms later, RFC 4733', events: 300, info: 0, body: 'dtmf-relay' },
];

/** The keys that are typed, and the time between the release of a key and the next press. */
const TYPED = [
  { keys: '5', gapMs: 60 },
  { keys: '55', gapMs: 50 },
  { keys: '55', gapMs: 60 },
  { keys: '55', gapMs: 100 },
  { keys: '00', gapMs: 80 },
  { keys: '1122', gapMs: 100 },
  { keys: '556', gapMs: 60 },
  { keys: '122*001', gapMs: 80 },
] as const;

/**
 * Types keys one after another. Each INFO leaves at its own time, whether or not the last one was answered.
 */
const typesKeys = async (dialog: Dialog, gateway: Gateway, keys: string, gapMs: number): Promise<void> => {
  const began = performance.now();
  const momentOf = (ms: number): Promise<void> => pressesAfter(began + ms - performance.now());
  const { events, info, body = 'dtmf', declares = KEY_MS } = gateway;
  const all = [...keys].map((key, index) => ({ key, pressed: index * (KEY_MS + gapMs) }));
  const byEvents = async (): Promise<void> => {
    for (const { key, pressed } of events === undefined ? [] : all) {
      await momentOf(pressed + (events ?? 0));
      await dialog.press(key, KEY_MS);
    }
  };
  const byInfo = all.map(async ({ key, pressed }) => {
    if (info === undefined) return;
    await momentOf(pressed + info);
    expect((await dialog.info(key, body, declares)).status).to.equal(200);
  });
  await Promise.all([byEvents(), ...byInfo]);
};

describe('keys that are sent by RFC 4733, by SIP INFO or by both', function () {
  this.timeout(120_000);
  let trunk: BareTrunk;
  let adapter: Adapter;
  let operator: SipPeer;

  before(async () => {
    trunk = await startBareTrunk({ copies: true });
    ({ adapter, operator } = trunk);
  });
  after(() => trunk.stop());

  /** The keys that reached the controller, up to the last one. */
  const taken = async (call: Call): Promise<string> => {
    for (let keys = ''; ;) {
      const key = await call.digit({ timeoutMs: LATE_MS });
      if (key === undefined) throw new Error(`only ${keys} arrived`);
      if (key === LAST) return keys;
      keys += key;
    }
  };
  const typeAndHangUp = async (
    { call, dialog }: AnsweredCall,
    gateway: Gateway,
    { keys, gapMs }: (typeof TYPED)[number],
  ): Promise<string> => {
    await typesKeys(dialog, gateway, keys, gapMs);
    await dialog.press(LAST);
    const got = await taken(call);
    await dialog.hangUp();
    await call.ended;
    return got;
  };

  it('count once in an alert, at the prompt and at the offer to repeat the message', async () => {
    const answering = operator.answersNext();
    const alert = adapter.telephony.placeAlert({
      id: adapter.newId(),
      to: { type: 'trunk', number: '+31612349102' as E164 },
      callerId: { number: '08000011', name: 'Burgernet' },
      ringMs: 10_000,
      maxMs: 120_000,
      subject: 'a test call',
      script: {
        type: 'alert',
        opening: 'alert-prompt',
        message: prompt('tip-transferring'),
        ending: 'ending',
      },
    });
    const dialog = await answering;
    const hears = async (name: PromptName, times: number): Promise<void> => {
      const sound = await adapter.samples(name);
      await eventually(() => timesHeard(operator.heard(), sound) >= times || undefined, SOON_MS, `${name} is heard`);
    };
    const before = timesHeard(operator.heard(), await adapter.samples('ending'));
    const gateway: Gateway = { name: 'both', events: 0, info: 120, body: 'dtmf-relay' };
    await typesKeys(dialog, gateway, '1', 0);
    await hears('ending', before + 1);
    await typesKeys(dialog, gateway, '1', 0);
    await hears('ending', before + 2);
    await dialog.hangUp();
    const { steps } = await alert.ended;
    expect(steps.map(({ step }) => step)).to.deep.equal(['prompt', 'message', 'replay']);
  });

  for (const { keys, gapMs } of TYPED)
    it(`count once when all RFC 4733 packets arrive late and at once: ${keys}, ${gapMs} ms apart`, async () => {
      const { call, dialog } = await callTipLine(adapter, operator);
      dialog.pressLate(keys, gapMs);
      await dialog.press(LAST);
      expect(await taken(call)).to.equal(keys);
      await dialog.hangUp();
      await call.ended;
    });

  for (const gateway of [...SENT_ONCE, ...SENT_TWICE])
    it(`count once: ${gateway.name}`, async () => {
      const calls = [];
      for (const typed of TYPED) calls.push({ ...(await callTipLine(adapter, operator)), typed });
      const got = await Promise.all(calls.map(({ typed, ...call }) => typeAndHangUp(call, gateway, typed)));
      expect(got).to.deep.equal(TYPED.map(({ keys }) => keys));
    });
});

describe('keys that are sent by RFC 4733 and by SIP INFO, in the whole service', function () {
  this.timeout(120_000);
  const WITHHELD = '0612349101';
  const gateway: Gateway = { name: 'both', events: 0, info: 120, body: 'dtmf-relay' };
  let exchange: Exchange;

  before(async () => {
    exchange = await startExchange();
  });
  after(() => exchange.stop());

  const hasHeard = async (peer: SipPeer, name: PromptName): Promise<void> => {
    const sound = await exchange.samples(prompt(name));
    await eventually(() => timesHeard(peer.heard(), sound) > 0 || undefined, SOON_MS, `${name} is heard`);
  };
  const inbound = (fits: (row: InboundCall) => boolean): Promise<InboundCall> =>
    eventually(() => exchange.service.services.tips.calls({}).find(fits), SOON_MS, 'the row of the call');

  it('admit a caller by their personal code', async () => {
    const participantId = exchange.participant(WITHHELD, '8471AB');
    await exchange.network.setCitizens([reachable(WITHHELD)]);
    const { account } = await exchange.desk({ type: 'no_answer' });
    const id = await exchange.draft('8471', { text: 'Gezocht: een kat.' }, { centralistId: account.centralist.id });
    await exchange.service.services.actions.start(id, { anyway: true });
    await exchange.calledOut(id);

    const caller = await exchange.peer();
    const anonymous = { fromValue: '"Anonymous" <sip:anonymous@anonymous.invalid>' };
    const dialog = dialogOf(await caller.invite({ user: TIP_LINE, ...anonymous }));
    await hasHeard(caller, 'tip-withheld');
    await typesKeys(dialog, gateway, exchange.service.services.participants.code(participantId), 80);
    const row = await inbound((one) => one.from === null && one.actionId !== null);
    expect(row).to.include({ actionId: id, participantId });
    await dialog.hangUp();
    await inbound((one) => one.id === row.id && one.result !== null);
  });

  it('admit a centralist by the PIN', async () => {
    const account = await exchange.centralist();
    const pin = '11225';
    exchange.service.services.centralists.setPin(account.centralist.id, pin);
    const softphone = await exchange.peer(account);
    expect(await softphone.register(120)).to.equal(200);
    const dialog = dialogOf(await softphone.invite({ user: '*20' }));
    await hasHeard(softphone, 'desk-pin');
    await typesKeys(dialog, gateway, `${pin}#`, 80);
    await hasHeard(softphone, 'desk-speak');
    await dialog.hangUp();
  });
});
