import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CentralistAccount } from '../../src/app/services.js';
import { prompt, type PromptName } from '../../src/domain/messages.js';
import {
  hearings,
  timesHeard,
  wavOf,
  type Key,
  type PhoneCall,
  type Samples,
  type Softphone,
  type Step,
} from '../../src/phonenet/index.js';
import { toneMarked, toneMarks, type MarkTone } from '../../src/phonenet/tone-marks.js';
import { startExchange, type Exchange } from './support/exchange.js';

const SPOKEN: readonly MarkTone[] = [1040, 600, 2300, 1750, 1040, 2300];

describe('what a centralist dials', function () {
  this.timeout(120_000);
  let exchange: Exchange;
  let account: CentralistAccount;
  let phone: Softphone;
  let spoken: string;

  const registered = async (who: CentralistAccount): Promise<Softphone> =>
    exchange.network.softphone(
      { username: who.centralist.sipUsername, password: who.centralist.sipPassword, server: who.server },
      { type: 'no_answer' },
    );
  const hears = async (call: PhoneCall, name: PromptName): Promise<number> =>
    timesHeard(await exchange.heard(call), await exchange.samples(prompt(name)));
  const keys = (digits: string): Step[] =>
    Array.from(digits, (digit) => ({ do: 'press', digit: digit as Key, ms: 100 }));
  /** Until so long after these sounds have been played. */
  const past = (names: readonly PromptName[], moreMs: number): Step => {
    const ms = names.reduce((sum, name) => sum + exchange.service.shelf.msOf(prompt(name)), 0);
    return { do: 'wait', ms: ms + moreMs };
  };
  const dial = async (number: string, script: readonly Step[] = [], by = phone): Promise<PhoneCall> =>
    (await by.dial(number, script)).ended;
  const onDuty = async (): Promise<boolean> => {
    const desks = await exchange.service.services.desk.list();
    return desks.find(({ centralist }) => centralist.id === account.centralist.id)?.centralist.onDuty ?? false;
  };

  before(async () => {
    exchange = await startExchange();
    account = await exchange.centralist('201');
    phone = await registered(account);
    spoken = join(exchange.dataDir, 'spoken');
    await writeFile(`${spoken}.wav`, wavOf(toneMarked(SPOKEN)));
  });

  after(() => exchange.stop());

  it('goes on and off duty with *10 and *11', async () => {
    expect(await onDuty()).to.equal(false);
    const on = await dial('*10');
    expect(await hears(on, 'desk-on-duty')).to.equal(1);
    expect(await onDuty()).to.equal(true);
    const off = await dial('*11');
    expect(await hears(off, 'desk-off-duty')).to.equal(1);
    expect(await onDuty()).to.equal(false);
  });

  it('is told when a number is nothing', async () => {
    expect(await hears(await dial('*99'), 'desk-unknown')).to.equal(1);
  });
});
