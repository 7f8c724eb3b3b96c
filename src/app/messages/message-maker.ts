import type { Message } from '../../domain/action.js';
import { Problem } from '../../domain/problem.js';
import { SpeechError, type Speech } from '../../ports/speech.js';
import type { RecordingStore } from '../../ports/stores.js';
import type { MessageInput } from '../services.js';

/** Makes a playable message from a text or a recording. Throws a `Problem` that names the wrong field. */
export async function makeMessage(
  input: MessageInput,
  parts: {
    readonly speech: Speech;
    readonly recordings: RecordingStore;
    readonly soundSeconds: (soundId: string) => number;
  },
  version: number,
): Promise<Message> {
  if (input.text !== undefined && input.recordingId !== undefined) {
    throw new Problem('invalid', 'a message is a text or a recording, not both', [
      { field: 'message', message: 'give either text or recordingId' },
    ]);
  }
  if (input.recordingId !== undefined) return fromRecording(input.recordingId, parts, version);
  const text = (input.text ?? '').trim();
  if (text === '') {
    throw new Problem('invalid', 'the message is empty', [
      { field: 'message.text', message: 'is empty; say in full sentences what to look for' },
    ]);
  }
  try {
    const sound = await parts.speech.render(text, 'message');
    return { text, soundId: sound.soundId, seconds: sound.seconds, version, voice: sound.voice };
  } catch (error) {
    if (!(error instanceof SpeechError)) throw error;
    const code = error.code === 'engine_failed' ? 'unavailable' : 'invalid';
    throw new Problem(code, error.message, [{ field: 'message.text', message: error.message }]);
  }
}

function fromRecording(
  id: number,
  parts: { readonly recordings: RecordingStore; readonly soundSeconds: (soundId: string) => number },
  version: number,
): Message {
  const recording = parts.recordings.get(id);
  if (recording?.soundId === undefined || recording.soundId === null) {
    throw new Problem('invalid', 'there is no such recording', [
      { field: 'message.recordingId', message: `there is no uploaded message ${id}; upload one with POST /recordings` },
    ]);
  }
  const seconds = parts.soundSeconds(recording.soundId);
  return { text: null, soundId: recording.soundId, seconds, version, voice: null };
}
