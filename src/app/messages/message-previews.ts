import { rendered } from '../../domain/messages.js';
import { Problem } from '../../domain/problem.js';
import type { ReadAloud, SoundFiles, Speech } from '../../ports/speech.js';
import type { MessagePreview, MessagePreviews } from '../services.js';

/** Previews of a message before an action has it: its words, and its sound. */
export function createMessagePreviews({
  speech,
  soundFiles,
}: {
  readonly speech: Speech;
  readonly soundFiles: SoundFiles;
}): MessagePreviews {
  return {
    read: (text): ReadAloud => speech.read(text),
    async preview(text): Promise<MessagePreview> {
      const read = speech.read(text);
      return { ...read, ...(await speech.render(text, 'message')) };
    },
    async audio(soundId) {
      const wav = await soundFiles.wavOf(rendered(soundId));
      if (wav === undefined) throw new Problem('not_found', 'there is no sound with this id');
      return wav;
    },
  };
}
