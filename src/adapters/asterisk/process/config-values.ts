import { lookup } from 'node:dns/promises';
import { ENDING_PAUSE, MESSAGE_PAUSE, PROMPT_PAUSE, PROMPTINGS, REPLAYS } from '../../../domain/alert-script.js';
import { silence } from '../../../domain/messages.js';
import { TIP_APP } from '../ari/events.js';
import type { TemplateValues } from './config-files.js';
import { bracketedHost } from '../../../lib/reachable-host.js';
import { SIP_TAP_HOST } from '../sip/sip-tap.js';
import { accountPattern, inDialplan, tipLineUser } from './tip-line-pattern.js';
import { TRUNK_ENDPOINTS, TRUNK_OPTIONS } from '../sip/trunk.js';

/** The settings from which Asterisk is configured. */
export interface AsteriskSetup {
  /** Address and port to which Asterisk binds for SIP. */
  readonly sip: { readonly host: string; readonly port: number };
  /**
   * How others reach Asterisk when it is in a container or behind a router; absent when others use the
   * address to which Asterisk binds.
   */
  readonly outside?: OutsideAddress;
  /** Where softphones register with TLS; absent without TLS. */
  readonly tls?: TlsSetup;
  readonly rtp: { readonly from: number; readonly to: number };
  readonly trunk: {
    readonly host: string;
    readonly port: number;
    /** Addresses or networks from which the operator sends calls; the addresses of `host` when left out. */
    readonly addresses?: readonly string[];
    /** Present when the operator requires a registration. */
    readonly user?: string;
    readonly password?: string;
    /** Seconds between two attempts to register; {@link RETRY_SECONDS} when left out. */
    readonly retrySeconds?: number;
    /** Seconds between two OPTIONS to the trunk; none are sent when left out. */
    readonly optionsSeconds?: number;
  };
  /** Largest number of simultaneous calls on the trunk. */
  readonly lines: number;
  /** How many of these lines are kept free for tips. */
  readonly tipLines: number;
  /** Number of the tip line, in digits: `08000011`. */
  readonly tipLine: string;
  /** How often Asterisk offers a caller to a controller that is away; {@link OFFERS} when left out. */
  readonly offers?: number;
  /** Folder of the fixed prompts. */
  readonly soundsFolder: string;
  /** `messages.log` in the log folder when left out; `console` for the standard output. */
  readonly logTo?: 'messages.log' | 'console';
}

export interface OutsideAddress {
  readonly address: string;
  readonly sipPort: number;
  /** Port with TLS. */
  readonly tlsPort?: number;
  /** Networks (`172.18.0.0/16`) that reach Asterisk by the address to which it binds. */
  readonly localNetworks: readonly string[];
}

export interface TlsSetup {
  readonly host: string;
  readonly port: number;
  /** PEM files. */
  readonly certificate: string;
  readonly key: string;
  /**
   * Fingerprint of the certificate. It is written into the configuration, so that Asterisk is restarted for a
   * new certificate.
   */
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
  /** Host on which ARI listens; this machine when left out. */
  readonly ariHost?: string;
  readonly ariPort: number;
  readonly ariPassword: string;
  /** Port on this machine for the copies of SIP messages; absent when Asterisk makes none. */
  readonly sipTapPort?: number;
}

/** Makes the values for the templates, once the folders and the secrets are known. */
export type MakeValues = (
  folders: AsteriskFolders,
  secrets: AsteriskSecrets,
  program: ProgramFolders,
) => Promise<TemplateValues>;

/** Files of the Asterisk program itself. */
export interface ProgramFolders {
  readonly modulesDir: string;
  readonly dataDir: string;
}

export const ARI_USER = 'burgernet';
export const ARI_HOST = '127.0.0.1';

/** Room for 200 strangers a second while the controller stalls for 5 s. One more call would get 503. */
const WAITING_STRANGERS = 1_000;

/**
 * Asterisk offers a caller of the tip line this many times, a second apart, to a controller that is away.
 * Then Asterisk records the tip by itself.
 */
const OFFERS = 22;

/** Asterisk alone can record at least this many callers at once, even when no line is kept free for tips. */
const MIN_RECORDED = 2;

/**
 * Asterisk ends a call that is this old, in case no controller ever comes back. A running controller ends the
 * call much sooner, by its monotonic clock. Asterisk uses the wall clock, so this limit is longer than any
 * likely step of that clock.
 */
export const MAX_UNATTENDED_SECONDS = 30 * 24 * 3_600;

/** SIP timer T1 for the trunk in ms, and the time-out of an INVITE without any response (64*T1). */
const T1_MS = 200;
export const SILENCE_MS = 64 * T1_MS;

/** Leaves time for several retransmissions of a lost packet (the interval doubles from {@link T1_MS}). */
export const OPTIONS_TIMEOUT_SECONDS = 4;
/** Time between two attempts to register, after a refusal and after no answer. */
const RETRY_SECONDS = { refused: 60, unanswered: 20 };

/** The values that both the controller's Asterisk and the simulated phone network need: folders and ARI. */
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

/** The values for the templates. Resolves the trunk's host, because only its addresses count as the trunk. */
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
    // Twice the lines, because each tip may ring a softphone. 50 more, because new calls begin while old ones
    // still end. Strangers wait until the controller refuses them.
    maxCalls: String(setup.lines * 2 + 50 + WAITING_STRANGERS),
    rtpFrom: String(setup.rtp.from),
    rtpTo: String(setup.rtp.to),
    sipBind: `${bracketedHost(setup.sip.host)}:${setup.sip.port}`,
    transportExtra: outsideLines(setup.outside, setup.outside?.sipPort),
    tlsTransport: tlsTransport(setup.tls, outsideLines(setup.outside, setup.outside?.tlsPort)),
    trunkT1Ms: String(T1_MS),
    trunkSilenceMs: String(SILENCE_MS),
    trunkHostPort: `${bracketedHost(trunk.host)}:${trunk.port}`,
    trunkMatches: addresses.map((address) => `match = ${address}`).join('\n'),
    trunkOuts: TRUNK_ENDPOINTS.map((name) => `[${name}](trunk-out)`).join('\n'),
    trunkOptions: trunkOptions(trunk),
    trunkPermits: addresses.map((address) => `permit = ${address}`).join('\n'),
    ...registration(setup),
    tipLineUser: inDialplan(tipLineUser(setup.tipLine)),
    trunkAccount: accountPattern(trunk.user),
    maxUnattendedSeconds: String(MAX_UNATTENDED_SECONDS),
    offers: String(setup.offers ?? OFFERS),
    recordedAtOnce: String(Math.max(MIN_RECORDED, setup.tipLines)),
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

/** The addresses that a transport writes into SIP and SDP for peers outside. */
function outsideLines(outside: OutsideAddress | undefined, port: number | undefined): string {
  if (!outside) return '';
  return [
    `external_media_address = ${outside.address}`,
    `external_signaling_address = ${outside.address}`,
    ...(port === undefined ? [] : [`external_signaling_port = ${port}`]),
    ...outside.localNetworks.map((network) => `local_net = ${network}`),
  ].join('\n');
}

/**
 * The transport for softphones that register with TLS. `extra`: the lines that the other transports have too.
 */
function tlsTransport(tls: TlsSetup | undefined, extra: string): string {
  if (!tls) return '';
  return [
    `; ${tls.fingerprint}`,
    '[transport-tls]',
    'type = transport',
    'protocol = tls',
    `bind = ${bracketedHost(tls.host)}:${tls.port}`,
    `cert_file = ${tls.certificate}`,
    `priv_key_file = ${tls.key}`,
    // In Asterisk this means exactly TLS 1.2, which every softphone supports.
    'method = tlsv1_2',
    extra,
  ].join('\n');
}

/** A contact that Asterisk qualifies and no call uses. Any SIP answer proves that the trunk is there. */
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
    `contact = sip:${bracketedHost(host)}:${port}`,
    `qualify_frequency = ${optionsSeconds}`,
    `qualify_timeout = ${OPTIONS_TIMEOUT_SECONDS}`,
    'qualify_2xx_only = no',
  ].join('\n');
}

function registration({ trunk, tipLine }: AsteriskSetup): { trunkAuthLine: string; trunkRegistration: string } {
  if (trunk.user === undefined) return { trunkAuthLine: '', trunkRegistration: '' };
  const server = `sip:${bracketedHost(trunk.host)}:${trunk.port}`;
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
      `client_uri = sip:${trunk.user}@${bracketedHost(trunk.host)}:${trunk.port}`,
      // The operator sends calls to this user, so it is the tip line and not the name of the account.
      `contact_user = ${tipLine}`,
      `retry_interval = ${trunk.retrySeconds ?? RETRY_SECONDS.unanswered}`,
      `forbidden_retry_interval = ${trunk.retrySeconds ?? RETRY_SECONDS.refused}`,
      `fatal_retry_interval = ${trunk.retrySeconds ?? RETRY_SECONDS.refused}`,
      'max_retries = 1000000',
      // Asterisk spreads registrations over the first ten seconds. There is only one, so it need not wait.
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
