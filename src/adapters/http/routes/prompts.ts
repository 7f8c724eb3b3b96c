import { z } from 'zod';
import type { CheckedTake, PromptsView, SetView } from '../../../app/services.js';
import { PROMPT_SETS } from '../../../domain/prompts/sentences.js';
import { TAKE_PROBLEMS } from '../../../domain/prompts/take-check.js';
import { UNNAMED_READER } from '../../../domain/prompts/takes.js';
import { invalid } from '../plain-issues.js';
import { sendWav } from '../ranges.js';
import { route, type HttpParts, type Route, type Upload } from '../route.js';
import { JSON_TYPE, Nothing, Time } from '../schemas.js';

const Name = z.string().regex(/^[a-z0-9.-]{1,60}$/);
const NameParams = z.object({ name: Name.describe('a sentence of the list, such as `thanks` or `ending.1`') });
const Reader = z.string().trim().min(1).max(60).describe('the person who speaks');
const ReaderQuery = z.strictObject({ reader: Reader.optional() });
const Set = z.enum(PROMPT_SETS);

const SetAnswer = z
  .object({
    set: Set,
    sentences: z.int().describe('how many sentences must be recorded before the set is played in a person’s voice'),
    reader: z.string().nullable().describe('the reader whose voice is played; null: the voice of the engine'),
    readers: z.array(
      z.object({ reader: z.string(), recorded: z.int(), missing: z.array(z.string()).describe('names of sentences') }),
    ),
  })
  .meta({ id: 'PromptSet' });

const SentenceAnswer = z
  .object({
    number: z.int().describe('number in the list, for `*40`'),
    name: z.string().describe('the name of its file without `.wav`'),
    set: Set,
    text: z.string(),
    partOf: z.string().nullable().describe('the whole prompt, if this is a part of it'),
    note: z.string().describe('when it is played'),
    seconds: z.number().describe('about how long it takes to say'),
    takes: z.array(
      z.object({
        reader: z.string(),
        seconds: z.number(),
        at: Time,
        current: z.boolean().describe('false: it was recorded for another text, and is not played'),
      }),
    ),
  })
  .meta({ id: 'PromptSentence' });

const PromptsAnswer = z
  .object({
    sets: z.array(SetAnswer),
    sentences: z.array(SentenceAnswer),
    obsolete: z.array(z.object({ reader: z.string(), name: z.string() })),
  })
  .meta({ id: 'Prompts' });

const CheckAnswer = z
  .object({
    soundId: z.string().describe('for `POST /prompts/import`'),
    seconds: z.number(),
    problems: z.array(z.object({ code: z.enum(TAKE_PROBLEMS), message: z.string() })),
  })
  .meta({ id: 'CheckedRecording' });

const KeptAnswer = z
  .object({
    kept: z.int(),
    begun: z.array(Set).describe('the sets that are played in this voice from now on'),
    sets: z.array(SetAnswer),
  })
  .meta({ id: 'KeptRecordings' });

const Import = z
  .strictObject({
    reader: Reader.default(UNNAMED_READER),
    partial: z.boolean().default(false).describe('true: keep these even if others are missing'),
    takes: z.array(z.strictObject({ name: Name, soundId: z.string().regex(/^[0-9a-f]{32}$/) })).min(1),
  })
  .meta({ id: 'PromptImport' });

/** Fits 60 s of 48 kHz stereo in 32 bits. */
const WAV_MAX_BYTES = 25_000_000;
const WAV = {
  types: ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'],
  maxBytes: WAV_MAX_BYTES,
  as: 'buffer',
  description: 'WAV, PCM, any sample rate, mono or stereo',
} as const satisfies Upload;

export function promptRoutes({ services: { prompts } }: HttpParts): Route[] {
  return [
    route(
      {
        method: 'get',
        path: '/prompts',
        tag: 'prompts',
        summary: 'The sentences of the fixed prompts, and the recordings of each',
        answer: { [JSON_TYPE]: PromptsAnswer },
      },
      (): z.infer<typeof PromptsAnswer> => viewAnswer(prompts.view()),
    ),
    route(
      {
        method: 'delete',
        path: '/prompts',
        tag: 'prompts',
        summary: 'Forget the recordings of one reader, or of everybody; the engine speaks again',
        query: ReaderQuery,
        answer: { [JSON_TYPE]: Nothing },
        errors: [404],
      },
      async ({ query }) => {
        await prompts.forget(query.reader);
        return {};
      },
    ),
    route(
      {
        method: 'post',
        path: '/prompts/:name/check',
        tag: 'prompts',
        summary: 'Check a recording of a sentence; `POST /prompts/import` keeps it',
        params: NameParams,
        upload: WAV,
        answer: { [JSON_TYPE]: CheckAnswer },
        errors: [404, 413, 415, 503],
      },
      async ({ params, body }) => {
        return checkAnswer(await prompts.check(params.name, wavOf(body)));
      },
    ),
    route(
      {
        method: 'post',
        path: '/prompts/import',
        tag: 'prompts',
        summary: 'Keep checked recordings of one reader, all at once',
        body: Import,
        answer: { [JSON_TYPE]: KeptAnswer },
      },
      async ({ body }): Promise<z.infer<typeof KeptAnswer>> => {
        const { begun, kept, sets } = await prompts.keep(body);
        return { kept, begun: [...begun], sets: sets.map(setAnswer) };
      },
    ),
    route(
      {
        method: 'put',
        path: '/prompts/:name',
        tag: 'prompts',
        summary: 'Record one sentence; its set is played in this voice once all its sentences are recorded',
        params: NameParams,
        query: ReaderQuery,
        upload: WAV,
        answer: { [JSON_TYPE]: KeptAnswer.extend({ seconds: z.number() }).meta({ id: 'KeptRecording' }) },
        errors: [404, 413, 415, 503],
      },
      async ({ params, query, body }) => {
        const made = await prompts.record(params.name, query.reader ?? UNNAMED_READER, wavOf(body));
        if (made.problems.length > 0) throw invalid(made.problems.map(({ message }) => ({ field: 'body', message })));
        const { begun = [], kept = 0, seconds, sets = [] } = made;
        return { seconds, kept, begun: [...begun], sets: sets.map(setAnswer) };
      },
    ),
    route(
      {
        method: 'get',
        path: '/prompts/:name/audio',
        tag: 'prompts',
        summary: 'The recording of a sentence by this reader; without a reader the prompt as it is played now',
        params: NameParams,
        query: ReaderQuery,
        answer: { 'audio/wav': null },
        errors: [404, 416],
      },
      async ({ params: { name }, query: { reader }, req, res }) => {
        const wav = await (reader === undefined ? prompts.audio(name) : prompts.takeAudio(name, reader));
        sendWav(req, res, wav);
      },
    ),
  ];
}

function wavOf(body: unknown): Buffer {
  if (!Buffer.isBuffer(body)) throw invalid([{ field: 'body', message: 'is empty; send a wav file' }]);
  return body;
}

const checkAnswer = ({ problems, seconds, soundId }: CheckedTake): z.infer<typeof CheckAnswer> => ({
  soundId,
  seconds,
  problems: problems.map((problem) => ({ ...problem })),
});

const setAnswer = ({ reader, readers, sentences, set }: SetView): z.infer<typeof SetAnswer> => ({
  set,
  sentences,
  reader,
  readers: readers.map((one) => ({ ...one, missing: [...one.missing] })),
});

const viewAnswer = ({ obsolete, sentences, sets }: PromptsView): z.infer<typeof PromptsAnswer> => ({
  sets: sets.map(setAnswer),
  sentences: sentences.map(({ name, note, number, partOf, seconds, set, takes, text }) => ({
    number,
    name,
    set,
    text,
    partOf,
    note,
    seconds: Math.round(seconds * 10) / 10,
    takes: takes.map((take) => ({ ...take })),
  })),
  obsolete: obsolete.map((one) => ({ ...one })),
});
