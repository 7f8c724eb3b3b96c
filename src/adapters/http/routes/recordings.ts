import { z } from 'zod';
import { speechProblemsOf } from '../errors.js';
import { invalid } from '../plain-issues.js';
import { sendWav } from '../ranges.js';
import { route, type HttpParts, type Route } from '../route.js';
import { IdParams, JSON_TYPE } from '../schemas.js';

const RecordingAnswer = z.object({ id: z.int(), seconds: z.number() }).meta({ id: 'Recording' });

/** Fits 120 s of 48 kHz stereo in 32 bits. */
const WAV_MAX_BYTES = 50_000_000;

export function recordingRoutes({ services: { recordings } }: HttpParts): Route[] {
  return [
    route(
      {
        method: 'post',
        path: '/recordings',
        tag: 'recordings',
        summary: 'Upload a spoken message, for use as `message.recordingId`',
        upload: {
          types: ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'],
          maxBytes: WAV_MAX_BYTES,
          as: 'buffer',
          description: 'WAV, PCM, any sample rate, mono or stereo, 0.5 to 120 s',
        },
        status: 201,
        answer: { [JSON_TYPE]: RecordingAnswer },
        errors: [413, 415, 503],
      },
      async ({ body }): Promise<z.infer<typeof RecordingAnswer>> => {
        if (!Buffer.isBuffer(body)) throw invalid([{ field: 'body', message: 'is empty; send a wav file' }]);
        const { id, seconds } = await speechProblemsOf('body', () => recordings.upload(body));
        return { id, seconds };
      },
    ),
    route(
      {
        method: 'get',
        path: '/recordings/:id/audio',
        tag: 'recordings',
        summary: 'The sound of a message, tip or conversation, or the part given by `Range`',
        params: IdParams,
        answer: { 'audio/wav': null },
        errors: [404, 416],
      },
      async ({ params, req, res }) => {
        const { wav } = await recordings.audio(params.id);
        sendWav(req, res, wav);
      },
    ),
  ];
}
