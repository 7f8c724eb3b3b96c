import express, { type RequestHandler } from 'express';
import type { TakeProblem } from '../../../domain/prompts/take-check.js';
import type { ConsoleParts } from './page.js';
import { problemWords } from './warning-words.js';

/** Fits a minute of 48 kHz stereo in 32 bits. The script of the page sends less. */
const MOST_BYTES = '25mb';

const PROBLEM_WORDS: Readonly<Record<TakeProblem, string>> = {
  too_short: 'Dit is te kort voor deze zin.',
  too_long: 'Dit is te lang voor deze zin.',
  too_soft: 'Dit is te zacht. Spreek harder, of dichter bij de microfoon.',
  clipped: 'Dit is te hard en daardoor vervormd. Spreek zachter, of verder van de microfoon.',
  noisy: 'Er is te veel geluid op de achtergrond.',
};

/**
 * Takes the recording of a sentence that the script of the page sends. Answers `{text}` in Dutch: the result,
 * or why the recording cannot be used.
 */
export function recordPrompt({ log, services: { prompts } }: ConsoleParts): readonly RequestHandler[] {
  return [
    express.raw({ type: 'audio/wav', limit: MOST_BYTES, inflate: false }),
    async (req, res) => {
      try {
        const wav: unknown = req.body;
        const reader = typeof req.query['reader'] === 'string' ? req.query['reader'] : '';
        const name = String(req.params['name']);
        const { begun = [], problems } = await prompts.record(
          name,
          reader,
          Buffer.isBuffer(wav) ? wav : Buffer.alloc(0),
        );
        const [problem] = problems;
        if (problem) res.status(400).json({ text: PROBLEM_WORDS[problem.code] });
        else res.json({ text: begun.length > 0 ? 'Bewaard. Bellers horen nu deze stem.' : 'Bewaard.' });
      } catch (error) {
        const words = problemWords(error);
        if (!words) throw error;
        if (words.status >= 500) log.error('recording of a prompt failed', { err: error });
        const text = words.fields[0]?.message ?? words.text;
        res.status(words.status).json({ text });
      }
    },
  ];
}
