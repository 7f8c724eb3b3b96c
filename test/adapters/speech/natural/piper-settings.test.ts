import { expect } from 'chai';
import { parsePiperSettings } from '../../../../src/adapters/speech/natural/piper-settings.js';
import { tokensFile, written } from '../../../../src/adapters/speech/natural/piper-tokens.js';
import { VoiceRefused } from '../../../../src/adapters/speech/natural/voice-refused.js';
import { piperSettings } from '../../../support/test-voices.js';

const RATE = 22_050;
const parse = (change: Record<string, unknown> = {}) => parsePiperSettings(piperSettings(RATE, change));

describe('the settings of a Piper voice', () => {
  it('are read with their scales, phonemes and marks', () => {
    const { phonemes, ...settings } = parse();
    expect(settings).to.deep.equal({
      rate: RATE,
      speakers: 1,
      lengthScale: 1,
      noiseScale: 0.667,
      noiseScaleW: 0.8,
      marks: { start: 1, end: 2, blank: 0 },
      dataset: 'test',
      licence: 'CC0',
    });
    expect(phonemes).to.include({ _: 0, '^': 1, $: 2, ' ': 3 });
  });

  it('have defaults for all that an old voice leaves out', () => {
    const old = { inference: undefined, num_speakers: undefined, phoneme_type: undefined, license: undefined };
    expect(parse(old)).to.include({ lengthScale: 1, noiseScale: 0.667, noiseScaleW: 0.8, speakers: 1, licence: '' });
  });

  it('accept the dialects of Dutch, also by the language alone', () => {
    for (const espeak of [{ voice: 'nl' }, { voice: 'nl-be' }]) expect(parse({ espeak }).rate).to.equal(RATE);
    expect(parse({ espeak: undefined }).rate).to.equal(RATE);
  });

  const refused: readonly (readonly [what: string, change: Record<string, unknown>, reason: RegExp])[] = [
    ['a German voice', { espeak: { voice: 'de' } }, /speaks German; only Dutch/],
    ['an American voice', { espeak: { voice: 'en-us' } }, /speaks .*English/],
    ['an Nl-like code', { espeak: { voice: 'nlx' } }, /only Dutch/],
    ['an impossible code', { espeak: { voice: '!!' } }, /"!!"/],
    ['no language', { espeak: undefined, language: undefined }, /no language/],
    ['a voice that takes letters', { phoneme_type: 'text' }, /letters/],
    ['no phonemes', { phoneme_id_map: undefined }, /no phonemes/],
    ['few phonemes', { phoneme_id_map: { _: [0], '^': [1], $: [2] } }, /3 phonemes/],
    ['a phoneme of two numbers', { phoneme_id_map: { a: [1, 2] } }, /"a"/],
    ['a phoneme far out', { phoneme_id_map: { a: [5000] } }, /0 to 1023/],
    [
      'no start mark',
      { phoneme_id_map: Object.fromEntries(Array.from('abcdefghijklmnopqrstu_$', (c, i) => [c, [i]])) },
      /"\^"/,
    ],
    ['no sample rate', { audio: {} }, /audio\.sample_rate/],
    ['an odd sample rate', { audio: { sample_rate: 192_000 } }, /8000 to 48000/],
    ['a bad scale', { inference: { length_scale: 0 } }, /length_scale/],
  ];
  for (const [what, change, reason] of refused) {
    it(`are refused: ${what}`, () => {
      expect(() => parse(change)).to.throw(VoiceRefused, reason);
    });
  }

  it('are refused with the reason when they are no settings at all', () => {
    expect(() => parsePiperSettings('<!doctype html><html></html>')).to.throw(VoiceRefused, /web page/);
    expect(() => parsePiperSettings('{"audio": ')).to.throw(VoiceRefused, /not a JSON file/);
    expect(() => parsePiperSettings('[1]')).to.throw(VoiceRefused, /not those of a Piper voice/);
  });
});

describe('phonemes for the runtime', () => {
  const settings = parsePiperSettings(piperSettings(RATE));
  const idsOf = (text: string): number[] => Array.from(text, (character) => (character.codePointAt(0) ?? 0) - 0xe000);

  it('are private-use characters, one for each number, so that no full stop or capital is treated by itself', () => {
    const { text, unknown } = written('dˈir. A', settings);
    expect(idsOf(text)).to.deep.equal(Array.from('dˈir. ', (phoneme) => settings.phonemes[phoneme]));
    expect(unknown).to.deep.equal(['A']);
    expect(text).not.to.match(/[ -~]/);
  });

  it('are divided into characters and marks, as Piper divides them', () => {
    expect(idsOf(written('ç', settings).text)).to.deep.equal([settings.phonemes['c'], settings.phonemes['\u0327']]);
  });

  it('stand in the file of the runtime, each number once', () => {
    const lines = tokensFile(settings).trimEnd().split('\n');
    const numbers = lines.map((line) => line.split(' '));
    expect(
      numbers.map(([character = '', id]) => (character.codePointAt(0) ?? 0) - 0xe000 === Number(id)),
    ).not.to.include(false);
    expect(new Set(lines).size).to.equal(new Set(Object.values(settings.phonemes)).size);
  });
});
