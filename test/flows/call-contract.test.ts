import type { E164 } from '../../src/domain/phone-number.js';
import type { Call } from '../../src/ports/call.js';
import { alertContract } from '../support/alert-contract.js';
import { callContract, type ContractWorld } from '../support/call-contract.js';
import { lengthOf } from '../support/fake-call.js';
import { FakeClock } from '../support/fake-clock.js';
import { FakeTelephony } from '../support/fake-telephony.js';
import type { FarEnd } from '../support/far-end.js';

callContract('the fake telephony', openWorld);
alertContract('the fake telephony', openWorld);

function openWorld(): ContractWorld {
  const clock = new FakeClock();
  const telephony = new FakeTelephony(clock);
  let numbers = 0;
  let ids = 0;
  return {
    telephony,
    farEnd: ({ answerAfterMs, refuse, press, hangUpAfterMs }) => {
      const number = `+316${String(++numbers).padStart(8, '0')}` as E164;
      const script: FarEnd = {
        ...(answerAfterMs === undefined ? {} : { answersAfterMs: answerAfterMs }),
        ...(refuse === undefined ? {} : { refuses: { status: refuse } }),
        ...(hangUpAfterMs === undefined ? {} : { hangsUpAtMs: hangUpAfterMs }),
        presses: (press ?? []).map(({ digit, afterMs }) => ({ digit, atMs: afterMs })),
      };
      telephony.script(number, script);
      return number;
    },
    takeOver: async (call) => {
      const placed = telephony.placed.find((one) => one.order.id === call.id);
      if (!placed) throw new Error('there is no such call');
      return (await telephony.surviveRestart(placed).answered) as Call;
    },
    run: (ms) => clock.advance(ms),
    until: (condition, limitMs) => clock.until(condition, limitMs),
    recordOffline: (recording) => {
      telephony.recordedOffline = [...telephony.recordedOffline, recording];
    },
    msOf: lengthOf,
    toleranceMs: 0,
    newId: () => `contract-${++ids}`,
    close: () => telephony.close(),
  };
}
