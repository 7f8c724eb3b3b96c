import type { Command } from 'commander';
import type { Callback } from '../../domain/callback.js';
import { formatForPeople } from '../../domain/phone-number.js';
import type { Tip } from '../../domain/tip.js';
import type { Api } from '../api-client.js';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../context.js';

export function addTipCommands(program: Command, context: CliContext): void {
  const tips = program.command('tips').description('list tips and call people back');

  tips
    .command('list')
    .description('list the tips, oldest first')
    .option('--action <id>', 'of this action; default: of all actions')
    .action(async ({ action }: { action?: string }) => {
      let none = true;
      for await (const tip of tipsOf(context.api(), action)) {
        context.print(line(tip));
        none = false;
      }
      if (none) context.print('no tips');
    });

  tips
    .command('callback')
    .description('call back the person who left a tip; the softphone of the centralist rings first')
    .argument('[tip]', 'id of the tip')
    .option('--call <id>', 'id of a call to the tip line instead, for a caller who left no tip')
    .option('--centralist <id>', "the centralist whose softphone rings; default: the action's own")
    .action(async (tip: string | undefined, { call, centralist }: { call?: string; centralist?: string }) => {
      if ((tip === undefined) === (call === undefined)) throw new CliError(['give either the id of a tip, or --call']);
      const api = context.api();
      const inboundId = call ?? (await callOf(api, tip));
      const body = centralist === undefined ? {} : { centralistId: Number(centralist) };
      const { phone, centralistId } = await api.post<Callback>(`/inbound/${inboundId}/callback`, body);
      context.print(`ringing centralist ${centralistId}, then ${formatForPeople(phone)}`);
    });
}

const tipsOf = (api: Api, action: string | undefined): AsyncIterable<Tip> =>
  api.list<Tip>(action === undefined ? '/tips' : `/tips?actionId=${encodeURIComponent(action)}`);

/** The id of the call in which the tip was left. */
async function callOf(api: Api, tipId: string | undefined): Promise<number> {
  for await (const { id, inboundId } of tipsOf(api, undefined)) if (String(id) === tipId) return inboundId;
  throw new CliError([`there is no tip ${tipId}`]);
}

function line({ id, actionId, participantId, type, recordingId, note, useful, createdAt }: Tip): string {
  const judged = useful === null ? '' : useful ? ', useful' : ', not useful';
  const sound = recordingId === null ? '' : `, recording ${recordingId}`;
  const at = new Date(createdAt).toLocaleString('nl-NL', { timeZone: 'Europe/Amsterdam' });
  return `${id}  action ${actionId}  ${at}  participant ${participantId}: ${type}${sound}${judged}${note === null ? '' : `  ${note}`}`;
}
