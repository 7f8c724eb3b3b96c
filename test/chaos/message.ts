import { toneMarks, type MarkTone, type Samples } from '../../src/phonenet/index.js';
import { RATE, type PhoneCall } from '../../src/phonenet/index.js';
import type { MessagePlay } from './evidence.js';

/** The message of every action: a few tones, so that calls are short and a play can be recognized. */
export const MESSAGE = {
  tones: [480, 1140, 2100, 600] as readonly MarkTone[],
  toneMs: 250,
  gapMs: 80,
};
export const MESSAGE_MS = MESSAGE.tones.length * (MESSAGE.toneMs + MESSAGE.gapMs);

/** The complete plays of the message in a recording. */
export function playsIn(recording: Samples, call: PhoneCall): MessagePlay[] {
  const lengthMs = (recording.length / RATE) * 1_000;
  // A busy machine may cut a tone in two, so equal tones in a row count as one.
  const marks = toneMarks(recording).filter(({ hz }, index, all) => hz !== all[index - 1]?.hz);
  const plays: MessagePlay[] = [];
  for (let first = 0; first + MESSAGE.tones.length <= marks.length; first += 1) {
    if (!MESSAGE.tones.every((hz, index) => marks[first + index]?.hz === hz)) continue;
    const atMs = marks[first]?.atMs ?? 0;
    plays.push({
      earliest: (call.answeredAt ?? 0) + atMs,
      latest: (call.endedAt ?? Infinity) - (lengthMs - atMs),
    });
  }
  return plays;
}
