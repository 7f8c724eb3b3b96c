import { openAsBlob } from 'node:fs';
import type { Command } from 'commander';
import type { ActionAnswer, PlannedAction } from '../../adapters/http/routes/action-schemas.js';
import { parseCoordinates } from '../../domain/coordinates.js';
import type { Api } from '../api-client.js';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../context.js';

/** The options that describe an action. */
export interface NewActionOptions {
  readonly kind?: string;
  readonly title?: string;
  readonly description?: string;
  readonly message?: string;
  readonly recording?: string;
  readonly area?: string;
  readonly near?: string;
  readonly centralist?: string;
  readonly timeCritical?: boolean;
  readonly clearDescription?: boolean;
  readonly priority?: boolean;
}

export function withNewActionOptions(command: Command): Command {
  return command
    .option('--kind <kind>', 'missing_child, robbery, …')
    .option('--title <text>')
    .option('--description <text>')
    .option('--message <text>', 'text of the message; the ending is added')
    .option('--recording <file or id>', 'a wav file, or the id of an uploaded recording, instead of --message')
    .option('--area <postcodes>', 'such as 8251,8252AB,8253-8255')
    .option('--near <lat,lon>', 'call the people who live nearest to this place first, such as 52.5253,5.7184')
    .option('--centralist <id>')
    .option('--time-critical', 'confirm that the case is time-critical')
    .option('--clear-description', 'confirm that there is a clear description')
    .option('--priority', 'use more lines than other running actions; only for a missing child');
}

/** Prepares an action and prints its plan. */
export async function createAction(context: CliContext, api: Api, options: NewActionOptions): Promise<PlannedAction> {
  const action = await api.post<PlannedAction>('/actions', {
    kind: options.kind,
    title: options.title,
    description: options.description,
    message: await messageOf(api, options),
    area: { postcodes: (options.area ?? '').split(/[\s,]+/).filter((entry) => entry !== ''), ...nearOf(options) },
    centralistId: options.centralist === undefined ? undefined : Number(options.centralist),
    criteria: {
      timeCritical: options.timeCritical ?? false,
      clearDescription: options.clearDescription ?? false,
    },
    ...(options.priority ? { priority: true } : {}),
  });
  for (const line of planLines(action)) context.print(line);
  return action;
}

function nearOf({ near }: NewActionOptions): object {
  if (near === undefined) return {};
  const [lat, lon, ...more] = near.split(',');
  const place = parseCoordinates(lat ?? '', lon ?? '');
  if (!place.ok || more.length > 0) {
    throw new CliError([`--near: ${place.ok ? 'give two numbers, such as 52.5253,5.7184' : place.reason}`]);
  }
  return { near: place.value };
}

async function messageOf(api: Api, { message, recording }: NewActionOptions): Promise<object> {
  const text = message === undefined ? {} : { text: message };
  if (recording === undefined) return text;
  if (/^\d+$/.test(recording)) return { ...text, recordingId: Number(recording) };
  const wav = await openAsBlob(recording).catch(() => {
    throw new CliError([`${recording}: this file cannot be read`]);
  });
  const { id } = await api.upload<{ id: number }>('/recordings', 'audio/wav', wav);
  return { ...text, recordingId: id };
}

export function planLines({ id, number, title, area, message, priority, plan }: PlannedAction): string[] {
  const { half, ninety, all } = plan.estimateSeconds;
  const excluded = Object.entries(plan.excluded).map(([reason, count]) => `${count} ${reason}`);
  return [
    `action ${number} (id ${id}): ${title}`,
    `  area        ${area.postcodes.join(', ')}`,
    `  message     ${message.seconds.toFixed(1)} s${message.text === null ? ', recorded' : `: ${message.text}`}`,
    `  people      ${plan.selected} selected, ${plan.callableNow} can be called now`,
    `  left out    ${excluded.length === 0 ? 'nobody' : excluded.join(', ')}`,
    `  lines       ${plan.lines}${priority ? ', three for each one of another action' : ''}`,
    `  called once half after ${half} s, ninety percent after ${ninety} s, all after ${all} s (${plan.basis === 'experience' ? 'from earlier actions' : 'estimate'})`,
    ...warningLines(plan.warnings),
  ];
}

/** The warnings, one per line. */
export const warningLines = (warnings: ActionAnswer['warnings']): string[] =>
  warnings.map(({ code, text }) => `  ! ${code.padEnd(16)} ${text}`);
