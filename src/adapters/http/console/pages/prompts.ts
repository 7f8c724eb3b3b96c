import type { PromptsView, SetView } from '../../../../app/services.js';
import type { PromptSet } from '../../../../domain/prompts/sentences.js';
import { UNNAMED_READER } from '../../../../domain/prompts/takes.js';
import { when } from '../format.js';
import { frameOf } from '../frame.js';
import type { ConsoleParts, Page } from '../page.js';

const SET_TITLES: Readonly<Record<PromptSet, string>> = {
  alert: 'De oproep',
  tip_line: 'De tiplijn',
  centralists: 'Codes op het toestel',
};

/** A sentence as the page shows it. */
interface SentenceRow {
  readonly number: number;
  readonly name: string;
  readonly text: string;
  readonly partOf: string | null;
  readonly seconds: number;
  readonly takes: readonly {
    readonly reader: string;
    readonly at: string;
    readonly current: boolean;
    readonly sound: string;
  }[];
}

/** `/console/prompts`: the fixed prompts, and the recordings of each sentence. */
export const promptsPage: Page = async (parts, { req, res }) => {
  const frame = await frameOf(parts, { req, res, title: 'Gesproken teksten' });
  const view = parts.services.prompts.view();
  return {
    view: 'prompts',
    data: {
      ...frame,
      reader: frame.me?.name ?? UNNAMED_READER,
      sets: view.sets.map((set) => ({
        key: set.set,
        title: SET_TITLES[set.set],
        state: stateOf(set),
        progress: set.readers
          .filter(({ reader }) => reader !== set.reader)
          .map(({ reader, recorded }) => `${reader}: ${recorded} van ${set.sentences} zinnen`),
        rows: rowsOf(parts, view, set.set),
      })),
    },
  };
};

const stateOf = ({ reader, sentences }: SetView): string =>
  reader === null
    ? `Bellers horen de computerstem. Zijn alle ${sentences} zinnen ingesproken, dan horen ze die stem.`
    : `Bellers horen de stem van ${reader}.`;

const rowsOf = ({ clock }: ConsoleParts, { sentences }: PromptsView, set: PromptSet): readonly SentenceRow[] =>
  sentences
    .filter((one) => one.set === set)
    .map(({ partOf, name, number, seconds, takes, text }) => ({
      number,
      name,
      text,
      partOf,
      seconds: Math.max(1, Math.round(seconds)),
      takes: takes.map(({ at, current, reader }) => ({
        reader,
        at: when(at, clock.now()),
        current,
        sound: `/api/v1/prompts/${name}/audio?reader=${encodeURIComponent(reader)}`,
      })),
    }));
