import type { Command } from 'commander';
import type { ProvisioningAnswer } from '../../adapters/http/routes/provisioning.js';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../context.js';

interface Account {
  readonly id: number;
  readonly name: string;
  readonly extension: string;
  readonly sip: {
    readonly username: string;
    readonly password: string;
    readonly server: string;
    readonly transport: string;
  };
  readonly pin: string;
}

interface Listed {
  readonly id: number;
  readonly name: string;
  readonly extension: string;
  readonly registered: boolean;
  readonly onDuty: boolean;
  readonly engaged: boolean;
  readonly fault?: string;
}

export function addCentralistCommands(program: Command, context: CliContext): void {
  const centralists = program.command('centralists').description('manage the people who run actions and take tips');

  centralists
    .command('add')
    .description('add a centralist; prints the account for the softphone')
    .requiredOption('--name <name>')
    .requiredOption('--extension <digits>', '2 to 6 digits')
    .option('--pin <digits>', '4 to 8 digits, to start actions by telephone; default: a new one is made')
    .action(async (options: { name: string; extension: string; pin?: string }) => {
      const { id, name, extension, sip, pin } = await context.api().post<Account>('/centralists', options);
      context.print(`centralist ${id}: ${name}, extension ${extension}`);
      printAccount(context, sip);
      context.print(`  PIN          ${pin}   (shown this once)`);
      context.print(`set up Linphone with a QR code: burgernet centralists qr ${id}`);
    });

  centralists
    .command('list')
    .description('list all centralists: softphone registered or not, on duty or not, in a call or not')
    .action(async () => {
      for await (const one of context.api().list<Listed>('/centralists')) context.print(line(one));
    });

  centralists
    .command('duty')
    .description('put a centralist on or off duty; a centralist who is off duty gets no tips')
    .argument('<id>')
    .argument('<on|off>')
    .action(async (id: string, state: string) => {
      if (state !== 'on' && state !== 'off') throw new CliError([`give on or off, not ${state}`]);
      const body = { onDuty: state === 'on' };
      context.print(line(await context.api().put<Listed>(`/centralists/${id}/duty`, body)));
    });

  centralists
    .command('password')
    .description('give a softphone a new account and password; the old one stops working at once')
    .argument('<id>')
    .action(async (id: string) => {
      const { name, extension, sip } = await context.api().post<Account>(`/centralists/${id}/password`);
      context.print(`centralist ${id}: ${name}, extension ${extension}`);
      printAccount(context, sip);
    });

  centralists
    .command('remove')
    .description('remove a centralist; their softphone and PIN stop working at once')
    .argument('<id>')
    .action(async (id: string) => {
      await context.api().delete(`/centralists/${id}`);
      context.print(`centralist ${id} has been removed; their softphone is locked out`);
    });

  centralists
    .command('qr')
    .description('print a link and its QR code, with which Linphone sets itself up')
    .argument('<id>')
    .action(async (id: string) => {
      const { url, expiresAt } = await context.api().post<ProvisioningAnswer>(`/centralists/${id}/provisioning`);
      const { toString: qrCode } = await import('qrcode');
      context.print(await qrCode(url, { type: 'utf8', errorCorrectionLevel: 'L' }));
      context.print(url);
      context.print(
        `works once, until ${new Date(expiresAt).toLocaleTimeString('nl-NL', { timeZone: 'Europe/Amsterdam' })}; everybody who opens it gets the password`,
      );
      if (isHereAlone(url)) {
        context.print('only this machine reaches this address: set BURGERNET_PUBLIC_URL for a telephone elsewhere');
      }
    });
}

function printAccount(context: CliContext, sip: Account['sip']): void {
  context.print(`  SIP user     ${sip.username}`);
  context.print(`  password     ${sip.password}   (shown this once)`);
  context.print(`  server       ${sip.server} (${sip.transport})`);
}

function line({ id, extension, name, registered, onDuty, engaged, fault }: Listed): string {
  const words = [registered ? 'registered' : 'not registered', onDuty ? 'on duty' : 'off duty'];
  return `${id}  ${extension}  ${name}  ${[...words, ...(engaged ? ['engaged'] : []), ...(fault === undefined ? [] : ['has no SIP account'])].join(', ')}`;
}

/** Whether no other machine can reach this URL. */
function isHereAlone(url: string): boolean {
  return /^(localhost|127\.[\d.]+|\[::1\])$/.test(new URL(url).hostname);
}
