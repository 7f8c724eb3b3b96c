import type { Command } from 'commander';
import type { ActionAnswer, ListedAction } from '../../adapters/http/routes/action-schemas.js';
import type { Attempt } from '../../domain/attempt.js';
import type { InboundCall, Tip } from '../../domain/tip.js';
import type { Api } from '../api-client.js';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { formatReport } from '../report.js';
import { watchAction } from '../watch.js';
import { createAction, warningLines, withNewActionOptions, type NewActionOptions } from './new-action.js';

type StartOptions = NewActionOptions & { readonly yes?: boolean; readonly anyway?: boolean };

export function addActionCommands(program: Command, context: CliContext): void {
  const actions = program.command('actions').description('alert everyone in an area');

  withNewActionOptions(actions.command('create').description('prepare an action and print its plan')).action(
    async (options: NewActionOptions) => {
      const { id } = await createAction(context, context.api(), options);
      context.print(`start it with: burgernet actions start ${id}`);
    },
  );

  withNewActionOptions(
    actions
      .command('start')
      .description('start a prepared action, or prepare and start one')
      .argument('[id]', 'id of a prepared action; without it the options describe a new action'),
  )
    .option('--yes', 'start without asking')
    .option('--anyway', 'start although a similar action runs in the same area')
    .action((id: string | undefined, options: StartOptions) => startAction(context, id, options));

  actions
    .command('watch')
    .description('follow an action until everyone has been called')
    .argument('<id>')
    .action(async (id: string) => {
      const { counts } = await watchAction(context, context.api(), id);
      context.print(`everyone has been called: ${counts.reached} of ${counts.selected} reached`);
    });

  for (const [name, description] of [
    ['pause', 'start no new calls'],
    ['resume', 'start calling again'],
  ] as const) {
    actions
      .command(name)
      .description(description)
      .argument('<id>')
      .action(async (id: string) => {
        context.print(stateLine(await context.api().post<ActionAnswer>(`/actions/${id}/${name}`)));
      });
  }

  actions
    .command('close')
    .description('end an action; everyone who was reached hears how it ended')
    .argument('<id>')
    .requiredOption('--result <result>', 'found, arrested, not_found or false_alarm')
    .option('--message <text>', 'text of the closing call; default: the text for the result')
    .action(async (id: string, { result, message }: { result: string; message?: string }) => {
      const body = { result, ...(message === undefined ? {} : { message: { text: message } }) };
      context.print(stateLine(await context.api().post<ActionAnswer>(`/actions/${id}/close`, body)));
    });

  actions
    .command('list')
    .description('list all actions')
    .action(async () => {
      for await (const action of context.api().list<ListedAction>('/actions')) context.print(stateLine(action));
    });

  actions
    .command('report')
    .description('print the results of an action')
    .argument('<id>')
    .action(async (id: string) => context.print(await reportOf(context.api(), id)));
}

async function startAction(
  context: CliContext,
  id: string | undefined,
  { yes, anyway = false, ...options }: StartOptions,
): Promise<void> {
  const api = context.api();
  if (id !== undefined && Object.keys(options).length > 0) {
    throw new CliError(['give either the id of a prepared action or the options of a new one']);
  }
  const created = id === undefined ? await createAction(context, api, options) : undefined;
  const action = created ?? (await prepared(context, api, id ?? ''));
  if (!yes && !(await context.confirm(`Call these people now?`))) {
    throw new CliError([`not started; to start it later: burgernet actions start ${action.id}`]);
  }
  // The service refuses the start when the people or the message differ from the printed ones.
  const expect = {
    messageVersion: action.message.version,
    ...(created === undefined ? {} : { selected: created.plan.selected }),
  };
  const started = await api.post<ActionAnswer>(`/actions/${action.id}/start`, { expect, anyway });
  const known = (created?.plan.warnings ?? action.warnings).map(({ code }) => code);
  for (const line of warningLines(started.warnings.filter(({ code }) => !known.includes(code)))) context.print(line);
  context.print(`${stateLine(started)}; follow it with: burgernet actions watch ${started.id}`);
}

async function prepared(context: CliContext, api: Api, id: string): Promise<ActionAnswer> {
  const action = await api.get<ActionAnswer>(`/actions/${id}`);
  context.print(stateLine(action));
  context.print(`  area        ${action.area.postcodes.join(', ')}`);
  context.print(`  message     ${action.message.text ?? `recorded, ${action.message.seconds.toFixed(1)} s`}`);
  for (const line of warningLines(action.warnings)) context.print(line);
  return action;
}

async function reportOf(api: Api, id: string): Promise<string> {
  const action = await api.get<ActionAnswer>(`/actions/${id}`);
  const [attempts, tips, inbound] = await Promise.all([
    allOf(api.list<Attempt>(`/actions/${id}/attempts`), ({ participantId, purpose, outcome }) => ({
      participantId,
      purpose,
      outcome,
    })),
    allOf(api.list<Tip>(`/tips?actionId=${id}`), ({ type }) => ({ type })),
    allOf(api.list<InboundCall>(`/inbound?actionId=${id}`), ({ result }) => ({ result })),
  ]);
  const { counts, timeline, plan, reality } = action;
  return formatReport({ action, counts, timeline, plan, reality, attempts, tips, inbound });
}

/** Collects the fields that a report needs from each row. */
async function allOf<T, U>(rows: AsyncIterable<T>, needed: (row: T) => U): Promise<U[]> {
  const found: U[] = [];
  for await (const row of rows) found.push(needed(row));
  return found;
}

function stateLine({ id, number, state, simulated, kind, title, result }: ListedAction): string {
  return `${simulated ? 'SIMULATION: ' : ''}action ${number} (id ${id}) ${state}${result === null ? '' : ` ${result}`}: ${title} (${kind})`;
}
