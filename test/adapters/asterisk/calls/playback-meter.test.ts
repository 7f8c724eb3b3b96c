import { expect } from 'chai';
import { PlaybackMeter } from '../../../../src/adapters/asterisk/calls/playback-meter.js';
import { prompt, rendered } from '../../../../src/domain/messages.js';

const MESSAGE = rendered('message');
const SILENCE = prompt('silence');
const ENDING = prompt('ending');

describe('playback meter', () => {
  let meter: PlaybackMeter;

  beforeEach(() => {
    meter = new PlaybackMeter((sound) => (sound.type === 'rendered' ? 8_000 : 1_000));
  });

  it('counts nothing of a sound that was never played', () => {
    meter.begin([ENDING], 0);
    expect(meter.of(MESSAGE, 500)).to.deep.equal({ plays: 0, ms: 0 });
  });

  it('counts all of a finished playback, however late its end is reported', () => {
    meter.begin([MESSAGE, SILENCE, MESSAGE], 100);
    meter.finish();
    expect(meter.of(MESSAGE, 99_000)).to.deep.equal({ plays: 2, ms: 16_000 });
    expect(meter.of(SILENCE, 99_000)).to.deep.equal({ plays: 1, ms: 1_000 });
  });

  it('counts a stopped playback up to the moment it was stopped', () => {
    meter.begin([MESSAGE, SILENCE, MESSAGE], 100);
    meter.end(100 + 8_000 + 1_000 + 2_500);
    expect(meter.of(MESSAGE, 99_000)).to.deep.equal({ plays: 2, ms: 10_500 });
    expect(meter.of(SILENCE, 99_000)).to.deep.equal({ plays: 1, ms: 1_000 });
  });

  it('counts no play of a sound that had not begun', () => {
    meter.begin([SILENCE, MESSAGE], 0);
    meter.end(1_000);
    expect(meter.of(MESSAGE, 5_000)).to.deep.equal({ plays: 0, ms: 0 });
    meter.begin([MESSAGE], 5_000);
    meter.end(5_000);
    expect(meter.of(MESSAGE, 5_000)).to.deep.equal({ plays: 0, ms: 0 });
  });

  it('tells how far a running playback has come, as often as it is asked', () => {
    meter.begin([MESSAGE], 0);
    for (const now of [3_000, 3_000, 4_000]) expect(meter.of(MESSAGE, now)).to.deep.equal({ plays: 1, ms: now });
    expect(meter.of(MESSAGE, 60_000)).to.deep.equal({ plays: 1, ms: 8_000 });
  });

  it('ends a playback when the next begins, and adds the two up', () => {
    meter.begin([MESSAGE], 0);
    meter.begin([ENDING, MESSAGE], 2_000);
    meter.end(5_000);
    expect(meter.of(MESSAGE, 9_000)).to.deep.equal({ plays: 2, ms: 4_000 });
    expect(meter.of(ENDING, 9_000)).to.deep.equal({ plays: 1, ms: 1_000 });
  });

  it('ignores an end or a finish when nothing is played', () => {
    meter.begin([MESSAGE], 0);
    meter.end(1_000);
    meter.end(5_000);
    meter.finish();
    expect(meter.of(MESSAGE, 9_000)).to.deep.equal({ plays: 1, ms: 1_000 });
  });

  it('tells a prompt from a rendered sound of the same name', () => {
    meter.begin([rendered('ending')], 0);
    meter.finish();
    expect(meter.of(ENDING, 0).plays).to.equal(0);
  });

  it('counts with the lengths that the sounds had when the playback began', () => {
    let promptMs = 1_000;
    const replaced = new PlaybackMeter((sound) => (sound.type === 'rendered' ? 8_000 : promptMs));
    replaced.begin([ENDING, MESSAGE], 0);
    promptMs = 4_000;
    replaced.end(3_000);
    expect(replaced.of(MESSAGE, 3_000)).to.deep.equal({ plays: 1, ms: 2_000 });
  });
});
