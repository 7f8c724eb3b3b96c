import { expect } from 'chai';
import type { AriLink } from '../../../../src/adapters/asterisk/ari/ari-link.js';
import { AriError } from '../../../../src/adapters/asterisk/ari/errors.js';
import { GoneSoftphones } from '../../../../src/adapters/asterisk/calls/gone-softphone.js';
import { FakeClock } from '../../../support/fake-clock.js';

/** Longer than a softphone that is gone keeps its call. */
const LONG_MS = 60_000;

describe('a call of a softphone that sends no packets', () => {
  let clock: FakeClock;
  let gone: GoneSoftphones;
  /** The call has ended as lost. */
  let died: boolean;
  let packets: number;
  /** How many packets come in from one count to the next. */
  let speaks: number;
  let linkUp: boolean;
  /** The status of the softphone's contact in Asterisk; empty without a registration. */
  let contact: string;
  /** Asterisk has the functions that tell the status of a contact. */
  let tells: boolean;

  beforeEach(() => {
    clock = new FakeClock();
    [died, packets, speaks, linkUp, contact, tells] = [false, 0, 0, true, 'Reachable', true];
    const answer = (path: string, variable: string): unknown => {
      if (path === 'channels/call/rtp_statistics') return { rxcount: (packets += speaks) };
      if (!tells) throw new AriError(500, 'there is no such function');
      if (variable === 'PJSIP_AOR(desk21,contact)') return { value: contact === '' ? '' : 'desk21;@ab12' };
      if (variable === 'PJSIP_CONTACT(desk21;@ab12,status)') return { value: contact };
      throw new Error(`unexpected request: ${path} ${variable}`);
    };
    const request = async (_: string, path: string, { variable = '' }: Record<string, string> = {}) => {
      await Promise.resolve();
      if (!linkUp) throw new AriError(0, 'Asterisk is not connected', { unsent: true });
      return answer(path, variable);
    };
    gone = new GoneSoftphones({
      link: { request } as unknown as AriLink,
      clock,
      callsOf: (username) => {
        const lineDied = (): Promise<void> => {
          died = true;
          return Promise.resolve();
        };
        return username === 'desk21' && !died ? [{ id: 'call', over: false, lineDied }] : [];
      },
    });
  });
  afterEach(() => {
    gone.close();
    expect(clock.pending).to.equal(0);
  });

  it('ends when the softphone leaves OPTIONS unanswered for 20 s', async () => {
    gone.onContactStatus('desk21', 'Unreachable');
    await clock.advance(19_000);
    expect(died).to.equal(false);
    await clock.advance(2_000);
    expect(died).to.equal(true);
  });

  it('goes on when the softphone answers OPTIONS again, or speaks', async () => {
    gone.onContactStatus('desk21', 'Unreachable');
    await clock.advance(15_000);
    gone.onContactStatus('desk21', 'Reachable');
    await clock.advance(LONG_MS);
    gone.onContactStatus('desk21', 'Unreachable');
    speaks = 50;
    await clock.advance(LONG_MS);
    expect(died).to.equal(false);
  });

  it('goes on when the event that the softphone answers again was lost together with the link', async () => {
    gone.onContactStatus('desk21', 'Unreachable');
    await clock.advance(10_000);
    linkUp = false;
    gone.forget();
    await clock.advance(3_000);
    linkUp = true;
    gone.onLooked('desk21', true);
    await clock.advance(LONG_MS);
    expect(died).to.equal(false);
  });

  it('goes on when the event that the softphone answers again was lost, but the link was not', async () => {
    gone.onContactStatus('desk21', 'Unreachable');
    await clock.advance(10_000);
    gone.onLooked('desk21', true);
    await clock.advance(LONG_MS);
    expect(died).to.equal(false);
  });

  it('ends when the softphone vanished while the link was down, or before this controller started', async () => {
    contact = 'Unreachable';
    gone.onLooked('desk21', false);
    await clock.advance(21_000);
    expect(died).to.equal(true);
  });

  for (const [why, status] of [
    ['its registration expired', ''],
    ['it registered again a moment ago', 'NonQualified'],
    ['it answered again meanwhile', 'Reachable'],
  ] as const)
    it(`goes on when the endpoint is offline only because ${why}`, async () => {
      contact = status;
      gone.onLooked('desk21', false);
      await clock.advance(LONG_MS);
      expect(died).to.equal(false);
    });

  it('goes on when Asterisk cannot tell the status of the contact', async () => {
    tells = false;
    gone.onLooked('desk21', false);
    await clock.advance(LONG_MS);
    expect(died).to.equal(false);
  });

  it('is not judged by an answer from before a loss of the link', async () => {
    contact = 'Unreachable';
    gone.onLooked('desk21', false);
    gone.forget();
    await clock.advance(LONG_MS);
    expect(died).to.equal(false);
  });
});
