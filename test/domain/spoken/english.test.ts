import { expect } from 'chai';
import { spokenEnglish } from '../../../src/domain/spoken/english.js';

/** English as the prompts write it, and as a person reads it aloud. */
const PHRASES: readonly (readonly [written: string, said: string])[] = [
  ['Call 112 in immediate danger.', 'Call one one two in immediate danger.'],
  ['Call 0800-0011.', 'Call zero eight zero zero, zero zero one one.'],
  ['Call 08000011.', 'Call zero eight zero zero, zero zero one one.'],
  ['Not urgent? Call 0900-8844.', 'Not urgent? Call zero nine zero zero, eight eight four four.'],
  ['Press 1 for yes, or 2 for no.', 'Press one for yes, or two for no.'],
  ['You are number 9 in the queue.', 'You are number nine in the queue.'],
  ['12 people', 'twelve people'],
  ['40 people', 'forty people'],
  ['99 people', 'ninety-nine people'],
  ['300 people', 'three hundred people'],
  ['1005 people', 'one thousand and five people'],
  ['12345 people', 'twelve thousand three hundred and forty-five people'],
  ['at 18:30', 'at six thirty in the evening'],
  ['at 9.05', 'at nine oh five in the morning'],
  ['at 13:00', "at one o'clock in the afternoon"],
  ['031', 'zero three one'],
  ['1: theft. 2: robbery.', 'one, theft. Two, robbery.'],
  ['', ''],
  ['...', ''],
];

describe('English in words', () => {
  for (const [written, said] of PHRASES) {
    it(`says "${written}" as "${said}"`, () => {
      // The first word of a sentence may have a capital, which a voice does not say.
      expect(spokenEnglish(written).toLowerCase()).to.equal(said.toLowerCase());
    });
  }
});
