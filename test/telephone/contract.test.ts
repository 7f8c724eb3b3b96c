import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AsteriskTelephony } from '../../src/adapters/asterisk/asterisk-telephony.js';
import type { E164 } from '../../src/domain/phone-number.js';
import type { Call } from '../../src/ports/call.js';
import type { Citizen, Habits, Persona } from '../../src/phonenet/index.js';
import { alertContract } from '../support/alert-contract.js';
import { callContract, type ContractFarEnd, type ContractWorld } from '../support/call-contract.js';
import { runsFor } from './support/durations.js';
import { eventually } from './support/eventually.js';
import { startPair } from './support/pair.js';
import { promptFiles, telephonyOf } from './support/telephony.js';

/** The destination of a call that is taken over, which rings no telephone any more. */
const NOWHERE = { type: 'trunk', number: '+31612345678' as E164 } as const;
/** Precise enough for the measurements, and leaves the processor to the two Asterisks. */
const POLL_MS = 5;
/** Short, because two keys of one citizen may follow one another within half a second. */
const KEY_MS = 100;
const REFUSES: ReadonlyMap<number, Persona> = new Map([
  [486, 'busy'],
  [603, 'declines'],
  [404, 'unreachable'],
  [503, 'congestion'],
]);

callContract('the Asterisk adapter', openWorld);
alertContract('the Asterisk adapter', openWorld);

async function openWorld(): Promise<ContractWorld> {
  const pair = await startPair();
  const sounds = promptFiles();
  const recordingsFolder = join(pair.asterisk.folders.spool, 'recording');
  const controller = (): AsteriskTelephony =>
    telephonyOf('contract-', {
      address: pair.asterisk.address,
      recordingsFolder,
      soundFiles: sounds,
      log: pair.log,
    });
  let telephony = controller();
  const close = async (): Promise<void> => {
    await telephony.close();
    await pair.stop();
  };
  const town: Citizen[] = [];
  let ids = 0;
  try {
    await telephony.open();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    get telephony() {
      return telephony;
    },
    takeOver: async ({ id }) => {
      await telephony.close();
      telephony = controller();
      await telephony.open();
      const surviving = (await telephony.survivingCalls()).outgoing.find((one) => one.id === id);
      if (!surviving) throw new Error('the call did not survive');
      const order = { id, to: NOWHERE, callerId: { number: '', name: '' }, ringMs: 0, maxMs: 60_000 };
      return (await telephony.takeOverOutgoing(order, surviving).answered) as Call;
    },
    farEnd: async (script) => {
      const number = `+316123450${String(town.length + 1).padStart(2, '0')}`;
      town.push({ number, ...behaviourOf(script) });
      await pair.network.setCitizens(town);
      return number as E164;
    },
    run: runsFor,
    until: async (condition, limitMs) => {
      await eventually(() => condition() || undefined, limitMs, condition.toString(), POLL_MS);
    },
    recordOffline: async ({ name, ms, endedAt }) => {
      const file = join(recordingsFolder, `${name}.wav`);
      await mkdir(recordingsFolder, { recursive: true });
      await writeFile(file, Buffer.alloc(44 + 16 * ms));
      await utimes(file, endedAt / 1_000, endedAt / 1_000);
    },
    msOf: (sound) => sounds.msOf(sound),
    toleranceMs: 400,
    newId: () => `contract-${++ids}`,
    close,
  };
}

/** The citizen who behaves as the contract asks. */
function behaviourOf({ answerAfterMs, refuse, press = [], hangUpAfterMs }: ContractFarEnd): {
  readonly persona: Persona;
} & Habits {
  if (refuse !== undefined) {
    const persona = REFUSES.get(refuse);
    if (persona === undefined) throw new Error(`no persona refuses with ${refuse}`);
    return { persona, answerAfterMs: 200 };
  }
  if (answerAfterMs === undefined) return { persona: 'no_answer' };
  const [first, second, ...more] = press;
  const even = more.every(({ digit, afterMs }, index) => {
    const [earlier, before] = [press[index], press[index + 1]];
    return (
      digit === second?.digit && before && earlier && afterMs - before.afterMs === before.afterMs - earlier.afterMs
    );
  });
  if (!even) throw new Error('every persona presses the same later key at even intervals');
  const key = first && { key: first.digit, keyMs: KEY_MS, pressAfterMs: first.afterMs };
  if (first === undefined) {
    return hangUpAfterMs === undefined
      ? { persona: 'no_digit', answerAfterMs }
      : { persona: 'hangs_up', answerAfterMs, pressAfterMs: hangUpAfterMs };
  }
  if (hangUpAfterMs !== undefined) throw new Error('no persona presses a key and hangs up at a given time');
  if (second === undefined) return { persona: 'presses', answerAfterMs, ...key };
  const againAfterMs = second.afterMs - first.afterMs - KEY_MS;
  const againTimes = press.length - 1;
  return { persona: 'presses_again', answerAfterMs, ...key, againAfterMs, againTimes, againKey: second.digit };
}
