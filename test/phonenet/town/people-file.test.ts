import { expect } from 'chai';
import { PERSONAS, stepsOf } from '../../../src/phonenet/town/citizens.js';
import { callOrder } from '../../../src/phonenet/caller.js';
import { peopleFile } from '../../../src/phonenet/town/people-file.js';
import { scriptOf } from '../../../src/phonenet/town/scripts.js';
import { deskSteps } from '../../../src/phonenet/softphone.js';

describe('people of the phone network', () => {
  it('follow their persona, as steps of the dialplan', () => {
    const { first } = stepsOf('presses', { answerAfterMs: 1_500, pressAfterMs: 800, key: '#', keyMs: 200 });
    expect(scriptOf(first)).to.equal('ring&wait:1.5&answer&wait:0.8&press:#/200&listen');
    expect(scriptOf(stepsOf('busy').first)).to.equal('refuse:486');
    expect(scriptOf(stepsOf('presses', { dtmf: 'inband' }).first)).to.match(/^dtmf:inband&ring/);
  });

  it('end every call: each script ends with listening, hanging up or a refusal', () => {
    for (const persona of PERSONAS) {
      const { first, later } = stepsOf(persona);
      for (const steps of [first, ...(later ? [later] : [])]) {
        expect(scriptOf(steps), persona).to.match(/(listen|hangup|refuse:\d{3})$/);
      }
    }
  });

  it('can behave differently at the second call, and count from the first again in a new town', () => {
    const person = { extension: '31610000001', persona: 'busy_then_presses', ...stepsOf('busy_then_presses') };
    const [one, two] = [peopleFile([person], 1), peopleFile([person], 2)];
    expect(one).to.include('Set(SCRIPT=refuse:486)').and.to.include('CALLS_1_${NUMBER}');
    expect(two).to.include('CALLS_2_${NUMBER}');
  });

  it('cannot be given a sound whose path would end a step', () => {
    expect(() => scriptOf([{ do: 'play', sound: '/a&b' }])).to.throw(/cannot play/);
  });

  it('can be centralists with a softphone', () => {
    expect(scriptOf(deskSteps({ type: 'answers', afterMs: 200, says: '/s/desk', hangUpAfterMs: 4_000 }))).to.equal(
      'ring&wait:0.2&answer&limit:4&play:/s/desk&listen',
    );
    const passesOn = { type: 'answers', afterMs: 0, script: [{ do: 'transfer', to: '202' }] } as const;
    expect(scriptOf(deskSteps(passesOn))).to.equal('ring&wait:0&answer&transfer:202&listen');
    expect(() => scriptOf([{ do: 'transfer', to: '1&hangup' }])).to.throw(/not an extension/);
    expect(scriptOf(deskSteps({ type: 'declines' }))).to.equal('ring&wait:0.5&refuse:603');
  });

  it('call with any caller ID, or none', () => {
    const network = { ledger: '/l', serviceHost: '127.0.0.1', now: 5, id: 'x' };
    const shown = callOrder({ from: '0031612345678', pai: 'tel:+31612345678' }, network);
    expect(shown).to.include({ callerId: '<0031612345678>', endpoint: 'PJSIP/08000011@service' });
    expect(shown.variables).to.include({ 'PJSIP_HEADER(add,P-Asserted-Identity)': '<tel:+31612345678>' });
    expect(callOrder({ from: 'desk-201-ab12cd', to: '*20', by: 'desk1' }, network)).to.include({
      endpoint: 'PJSIP/*20@desk1',
    });
    const withheld = callOrder({ from: '0612345678', anonymous: true }, network);
    expect(withheld).to.include({ endpoint: 'PJSIP/08000011@service-anonymous' });
    expect(withheld.variables).to.include({ 'PJSIP_HEADER(add,Privacy)': 'id' });
    expect(JSON.stringify(withheld)).not.to.include('0612345678');
  });
});
