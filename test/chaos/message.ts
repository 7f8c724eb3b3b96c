import { toneMarks, type MarkTone, type Samples } from '../../src/phonenet/index.js';
import { RATE, type PhoneCall } from '../../src/phonenet/index.js';
import type { MessagePlay } from './evidence.js';

/** The message of every action: a few tones, so that calls are short and a machine can tell whether it was heard. */
export const MESSAGE = {
  tones: [480, 1140, 2100, 600] as readonly MarkTone[],
  toneMs: 250,
  gapMs: 80,
};
export const MESSAGE_MS = MESSAGE.tones.length * (MESSAGE.toneMs + MESSAGE.gapMs);

/** How often the message was heard from the beginning to the end, and when each of these began. */
export function playsIn(recording: Samples, call: PhoneCall): MessagePlay[] {
  const lengthMs = (recording.length / RATE) * 1_000;
  // A busy machine cuts a tone in two: that is one tone.
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
