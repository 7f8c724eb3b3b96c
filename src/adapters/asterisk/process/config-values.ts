import { lookup } from 'node:dns/promises';
import { ENDING_PAUSE, MESSAGE_PAUSE, PROMPT_PAUSE, PROMPTINGS, REPLAYS } from '../../../domain/alert-script.js';
import { silence } from '../../../domain/messages.js';
import { TIP_APP } from '../ari/applications.js';
import type { TemplateValues } from './config-files.js';
import { bracketed } from '../../../lib/reachable-host.js';
import { SIP_TAP_HOST } from '../sip/sip-tap.js';
import { accountPattern, inDialplan, tipLineUser } from './tip-line-pattern.js';
import { TRUNK_OPTIONS, TRUNK_OUTS } from '../sip/trunk-endpoints.js';

/** What our Asterisk is to be: from the settings, in our words. */
export interface AsteriskSetup {
  /** Where it binds. */
  readonly sip: { readonly host: string; readonly port: number };
  /** How others reach it, when a container or a router stands between; absent: by the address where it binds. */
  readonly outside?: Outside;
  /** Where softphones register with TLS; absent for no TLS. */
  readonly tls?: TlsSetup;
  readonly rtp: { readonly from: number; readonly to: number };
  readonly trunk: {
    readonly host: string;
    readonly port: number;
    /** Addresses or networks from which it calls; those of the host when left out. */
    readonly addresses?: readonly string[];
    /** Present when the operator wants a registration. */
    readonly user?: string;
    readonly password?: string;
    /** Seconds between two tries to register after a refusal; those of {@link RETRY_SECONDS} when left out. */
    readonly retrySeconds?: number;
    /** Seconds between two OPTIONS; the trunk is not asked when left out. */
    readonly optionsSeconds?: number;
  };
  /** Most simultaneous calls on the trunk. */
  readonly lines: number;
  /** Of these, kept free for tips. */
  readonly tipLines: number;
  /** Digits of the tip line's number, `08000011`. */
  readonly tipLine: string;
  /** Folder of the fixed prompts. */
  readonly soundsFolder: string;
  /** `messages.log`, a file in its folder, when left out; `console` for its standard output. */
  readonly logTo?: 'messages.log' | 'console';
}

export interface Outside {
  readonly address: string;
  readonly sipPort: number;
  /** Of TLS. */
  readonly tlsPort?: number;
  /** Networks (`172.18.0.0/16`) that reach it by its own address all the same. */
  readonly localNetworks: readonly string[];
}

export interface TlsSetup {
  readonly host: string;
  readonly port: number;
  /** PEM files with which it shows who it is. */
  readonly certificate: string;
  readonly key: string;
  /** Of the certificate: with another one it is another configuration, and Asterisk is started anew. */
  readonly fingerprint: string;
}

export interface AsteriskFolders {
  readonly etc: string;
  readonly varLib: string;
  readonly spool: string;
  readonly run: string;
  readonly log: string;
}

export interface AsteriskSecrets {
  /** Where ARI is to be; our own machine when left out. */
  readonly ariHost?: string;
  readonly ariPort: number;
  readonly ariPassword: string;
  /** Where we take the copies of SIP messages, on this machine; absent: it makes none. */
  readonly sipTapPort?: number;
}

/** The values of the templates, once it is known where things lie and what the secrets are. */
export type MakeValues = (
  folders: AsteriskFolders,
  secrets: AsteriskSecrets,
  program: ProgramFolders,
) => Promise<TemplateValues>;

/** Where the program's own files are. */
export interface ProgramFolders {
  readonly modulesDir: string;
  readonly dataDir: string;
}

export const ARI_USER = 'burgernet';
export const ARI_HOST = '127.0.0.1';

/** Strangers at 200 a second, while the controller stands still for 5 s: one call more would be refused with 503. */
const WAITING_STRANGERS = 1_000;

/** So many are recorded at once while we are away, at least: no line may be kept for tips at all. */
const LEAST_RECORDED = 2;

/**
 * Asterisk ends a call that waits for a controller after this, by the wall clock. A controller that lives ends it much
 * sooner, by its monotonic clock. Longer than any step of the wall clock that is likely while calls are up.
 */
export const FORSAKEN_SECONDS = 30 * 24 * 3_600;

/** SIP's T1 for the trunk in ms, and after how long an INVITE without any response at all is given up (64*T1). */
const T1_MS = 200;
export const SILENCE_MS = 64 * T1_MS;

/** Several repetitions of a lost packet fit in it (T1 doubles from {@link T1_MS}). */
export const OPTIONS_TIMEOUT_SECONDS = 4;
const RETRY_SECONDS = { refused: 60, unanswered: 20 };

/** What every Asterisk of ours needs, whatever it is for: its folders, and its ARI. */
export function placeValues(
  folders: AsteriskFolders,
  secrets: AsteriskSecrets,
  program: ProgramFolders,
): TemplateValues {
  return {
    etcDir: folders.etc,
    varLibDir: folders.varLib,
    spoolDir: folders.spool,
    runDir: folders.run,
    logDir: folders.log,
    modulesDir: program.modulesDir,
    dataDir: program.dataDir,
    ariHost: secrets.ariHost ?? ARI_HOST,
    ariPort: String(secrets.ariPort),
    ariUser: ARI_USER,
    ariPassword: secrets.ariPassword,
  };
}

/** The values for the templates. Looks the trunk's host up: only its addresses may pass for it. */
export async function configValues(
  setup: AsteriskSetup,
  folders: AsteriskFolders,
  secrets: AsteriskSecrets,
  program: ProgramFolders,
): Promise<TemplateValues> {
  const { trunk } = setup;
  const addresses = trunk.addresses ?? (await addressesOf(trunk.host));
  return {
    ...placeValues(folders, secrets, program),
    // Each tip may ring a softphone; a few calls more than lines are held while the last ones end; and strangers wait for
    // us to refuse them.
    maxCalls: String(setup.lines * 2 + 50 + WAITING_STRANGERS),
    rtpFrom: String(setup.rtp.from),
    rtpTo: String(setup.rtp.to),
    sipBind: `${bracketed(setup.sip.host)}:${setup.sip.port}`,
    transportExtra: outsideLines(setup.outside, setup.outside?.sipPort),
    tlsTransport: tlsTransport(setup.tls, outsideLines(setup.outside, setup.outside?.tlsPort)),
    trunkT1Ms: String(T1_MS),
    trunkSilenceMs: String(SILENCE_MS),
    trunkHostPort: `${bracketed(trunk.host)}:${trunk.port}`,
    trunkMatches: addresses.map((address) => `match = ${address}`).join('\n'),
    trunkOuts: TRUNK_OUTS.map((name) => `[${name}](trunk-out)`).join('\n'),
    trunkOptions: trunkOptions(trunk),
    trunkPermits: addresses.map((address) => `permit = ${address}`).join('\n'),
    ...registration(setup),
    tipLineUser: inDialplan(tipLineUser(setup.tipLine)),
    trunkAccount: accountPattern(trunk.user),
    forsakenSeconds: String(FORSAKEN_SECONDS),
    recordedAtOnce: String(Math.max(LEAST_RECORDED, setup.tipLines)),
    tipApp: TIP_APP,
    ...alertValues(setup.soundsFolder),
    sipTapModules: secrets.sipTapPort === undefined ? '' : 'load = res_hep.so\nload = res_hep_pjsip.so',
    sipTapHost: SIP_TAP_HOST,
    sipTapPort: String(secrets.sipTapPort ?? 0),
    logTo: setup.logTo ?? 'messages.log',
    soundsDir: setup.soundsFolder,
    recordingsDir: `${folders.spool}/recording`,
  };
}

/** Repeats and pauses of the alert call (`asterisk-config/alert.conf`), from `domain/alert-script.ts`. */
function alertValues(soundsFolder: string): TemplateValues {
  const pause = (seconds: number): string[] => silence(seconds).map(({ name }) => `${soundsFolder}/${name}`);
  const once = ['${OPENING}', ...pause(PROMPT_PAUSE)];
  return {
    prompting: Array.from({ length: PROMPTINGS }, () => once)
      .flat()
      .join('&'),
    promptings: String(PROMPTINGS),
    promptPauseSeconds: String(PROMPT_PAUSE),
    messageTwice: ['${MESSAGE}', ...pause(MESSAGE_PAUSE), '${MESSAGE}'].join('&'),
    endingPause: pause(ENDING_PAUSE).join('&'),
    replays: String(REPLAYS),
  };
}

/** What a transport says of itself to those outside. */
function outsideLines(outside: Outside | undefined, port: number | undefined): string {
  if (!outside) return '';
  return [
    `external_media_address = ${outside.address}`,
    `external_signaling_address = ${outside.address}`,
    ...(port === undefined ? [] : [`external_signaling_port = ${port}`]),
    ...outside.localNetworks.map((network) => `local_net = ${network}`),
  ].join('\n');
}

/** The transport for softphones that register with TLS; `extra`: more lines, as the other transports have. */
function tlsTransport(tls: TlsSetup | undefined, extra: string): string {
  if (!tls) return '';
  return [
    `; ${tls.fingerprint}`,
    '[transport-tls]',
    'type = transport',
    'protocol = tls',
    `bind = ${bracketed(tls.host)}:${tls.port}`,
    `cert_file = ${tls.certificate}`,
    `priv_key_file = ${tls.key}`,
    // In Asterisk this is "1.2 and nothing else"; every softphone has it.
    'method = tlsv1_2',
    extra,
  ].join('\n');
}

/** Asks the trunk by OPTIONS, on a contact by which no call is made; any SIP answer means that it is there. */
function trunkOptions({ host, port, optionsSeconds }: AsteriskSetup['trunk']): string {
  if (optionsSeconds === undefined) return '';
  return [
    `[${TRUNK_OPTIONS}](trunk-common)`,
    'context = nowhere',
    'identify_by = auth_username',
    `aors = ${TRUNK_OPTIONS}`,
    '',
    `[${TRUNK_OPTIONS}]`,
    'type = aor',
    `contact = sip:${bracketed(host)}:${port}`,
    `qualify_frequency = ${optionsSeconds}`,
    `qualify_timeout = ${OPTIONS_TIMEOUT_SECONDS}`,
    'qualify_2xx_only = no',
  ].join('\n');
}

function registration({ trunk, tipLine }: AsteriskSetup): { trunkAuthLine: string; trunkRegistration: string } {
  if (trunk.user === undefined) return { trunkAuthLine: '', trunkRegistration: '' };
  const server = `sip:${bracketed(trunk.host)}:${trunk.port}`;
  return {
    trunkAuthLine: `outbound_auth = trunk-auth\nfrom_user = ${trunk.user}`,
    trunkRegistration: [
      '[trunk-auth]',
      'type = auth',
      'auth_type = userpass',
      `username = ${trunk.user}`,
      `password = ${trunk.password ?? ''}`,
      '',
      '[trunk-registration]',
      'type = registration',
      'transport = transport-udp',
      'outbound_auth = trunk-auth',
      `server_uri = ${server}`,
      `client_uri = sip:${trunk.user}@${bracketed(trunk.host)}:${trunk.port}`,
      // What the operator calls when somebody rings us: our tip line, whatever the account is called.
      `contact_user = ${tipLine}`,
      `retry_interval = ${trunk.retrySeconds ?? RETRY_SECONDS.unanswered}`,
      `forbidden_retry_interval = ${trunk.retrySeconds ?? RETRY_SECONDS.refused}`,
      `fatal_retry_interval = ${trunk.retrySeconds ?? RETRY_SECONDS.refused}`,
      'max_retries = 1000000',
      // There is one registration: nothing has to be spread over the first ten seconds.
      'max_random_initial_delay = 1',
      'expiration = 300',
    ].join('\n'),
  };
}

async function addressesOf(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true }).catch((cause: unknown) => {
    throw new Error(`BURGERNET_TRUNK: the host '${host}' cannot be found`, { cause });
  });
  return [...new Set(found.map(({ address }) => address))];
}
