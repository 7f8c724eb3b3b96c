import { z } from 'zod';
import { speechProblemsOf } from '../errors.js';
import { sendWav } from '../ranges.js';
import { route, type HttpParts, type Route } from '../route.js';
import { JSON_TYPE } from '../schemas.js';

const Text = z.strictObject({ text: z.string().describe('the message, at most 1,500 characters') });
const Preview = z
  .object({
    text: z.string(),
    spoken: z.string().describe('the text in words and pauses, as the voice reads it'),
    words: z
      .array(z.object({ word: z.string(), say: z.string().describe('the spelling that the voice reads instead') }))
      .describe('words of the text that stand in the lexicon of the voice'),
    seconds: z.number(),
    voice: z.string().describe('name of the voice, such as `embedded`'),
    audioUrl: z.string().describe('address of the sound, a wav'),
  })
  .meta({ id: 'MessagePreview' });
const SoundParams = z.object({ soundId: z.string().regex(/^[0-9a-f]{32}$/) });

export function messageRoutes({ services: { messages } }: HttpParts): Route[] {
  return [
    route(
      {
        method: 'post',
        path: '/messages/preview',
        tag: 'messages',
        summary: 'How a message will be said: in words, as a sound, and how long it takes',
        body: Text,
        answer: { [JSON_TYPE]: Preview },
        errors: [503],
      },
      async ({ body: { text } }): Promise<z.infer<typeof Preview>> => {
        const { spoken, words, seconds, voice, soundId } = await speechProblemsOf('text', () => messages.preview(text));
        return { text, spoken, words: [...words], seconds, voice, audioUrl: `/api/v1/messages/sounds/${soundId}` };
      },
    ),
    route(
      {
        method: 'get',
        path: '/messages/sounds/:soundId',
        tag: 'messages',
        summary: 'The sound of a preview, or the part given by `Range`',
        params: SoundParams,
        answer: { 'audio/wav': null },
        errors: [404, 416],
      },
      async ({ params, req, res }) => {
        const wav = await messages.audio(params.soundId);
        sendWav(req, res, wav);
      },
    ),
  ];
}
