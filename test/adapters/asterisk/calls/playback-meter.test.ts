import { expect } from 'chai';
import { PlaybackMeter } from '../../../../src/adapters/asterisk/calls/playback-meter.js';
import { prompt, rendered } from '../../../../src/domain/messages.js';

const MESSAGE = rendered('message');
const SILENCE = prompt('silence');
const ENDING = prompt('ending');

describe('the ledger of what was heard', () => {
  let ledger: PlaybackMeter;

  beforeEach(() => {
    ledger = new PlaybackMeter((sound) => (sound.type === 'rendered' ? 8_000 : 1_000));
  });

  it('has nothing of what was never played', () => {
    ledger.begin([ENDING], 0);
    expect(ledger.of(MESSAGE, 500)).to.deep.equal({ plays: 0, ms: 0 });
  });

  it('counts all of a list that was finished, however late that is told', () => {
    ledger.begin([MESSAGE, SILENCE, MESSAGE], 100);
    ledger.finish();
    expect(ledger.of(MESSAGE, 99_000)).to.deep.equal({ plays: 2, ms: 16_000 });
    expect(ledger.of(SILENCE, 99_000)).to.deep.equal({ plays: 1, ms: 1_000 });
  });

  it('counts of a list that was stopped what it had come to', () => {
    ledger.begin([MESSAGE, SILENCE, MESSAGE], 100);
    ledger.end(100 + 8_000 + 1_000 + 2_500);
    expect(ledger.of(MESSAGE, 99_000)).to.deep.equal({ plays: 2, ms: 10_500 });
    expect(ledger.of(SILENCE, 99_000)).to.deep.equal({ plays: 1, ms: 1_000 });
  });

  it('counts no play of what was not begun', () => {
    ledger.begin([SILENCE, MESSAGE], 0);
    ledger.end(1_000);
    expect(ledger.of(MESSAGE, 5_000)).to.deep.equal({ plays: 0, ms: 0 });
    ledger.begin([MESSAGE], 5_000);
    ledger.end(5_000);
    expect(ledger.of(MESSAGE, 5_000)).to.deep.equal({ plays: 0, ms: 0 });
  });

  it('tells of a list that runs how far it has come by now, as often as it is asked', () => {
    ledger.begin([MESSAGE], 0);
    for (const now of [3_000, 3_000, 4_000]) expect(ledger.of(MESSAGE, now)).to.deep.equal({ plays: 1, ms: now });
    expect(ledger.of(MESSAGE, 60_000)).to.deep.equal({ plays: 1, ms: 8_000 });
  });

  it('ends one list when the next begins, and adds up', () => {
    ledger.begin([MESSAGE], 0);
    ledger.begin([ENDING, MESSAGE], 2_000);
    ledger.end(5_000);
    expect(ledger.of(MESSAGE, 9_000)).to.deep.equal({ plays: 2, ms: 4_000 });
    expect(ledger.of(ENDING, 9_000)).to.deep.equal({ plays: 1, ms: 1_000 });
  });

  it('is not changed by an end or a finish when nothing runs', () => {
    ledger.begin([MESSAGE], 0);
    ledger.end(1_000);
    ledger.end(5_000);
    ledger.finish();
    expect(ledger.of(MESSAGE, 9_000)).to.deep.equal({ plays: 1, ms: 1_000 });
  });

  it('tells a prompt and a rendered sound of the same name apart', () => {
    ledger.begin([rendered('ending')], 0);
    ledger.finish();
    expect(ledger.of(ENDING, 0).plays).to.equal(0);
  });
});
