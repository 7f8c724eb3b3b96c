import { readFileSync } from 'node:fs';
import { resolve, join } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { DEMO_SETTINGS as GIVEN } from '../scripts/lib/demo-settings.mjs';
import {
  ARI_FORM,
  ConfigError,
  isLoopback,
  parseAri,
  parseFlag,
  parseHost,
  parseHostPort,
  parseLine,
  parseNetworks,
  parseNumber,
  parsePortRange,
  parsePublicUrl,
  parseTipLine,
  parseTrunk,
  parseWatchdog,
  parseWord,
  type AriAddress,
  type HostPort,
  type TipLineNumber,
} from './config-values.js';
import { parseNight, type Night } from './domain/night.js';
import { NUMBER_FORMATS, type NumberFormat } from './domain/phone-number.js';
import type { Parsed } from './domain/problem.js';
import { parseRetryPolicy, type RetryPolicy } from './domain/retry.js';
import type { Simulation } from './domain/simulation.js';
import { problemsOfTls, type TlsFiles } from './tls-files.js';

export { ConfigError, type AriAddress, type HostPort, type TipLineNumber } from './config-values.js';
export {
  ensureDataFolder,
  ensureToken,
  ownLexiconFile,
  readToken,
  tokenFile,
  type DataFolders,
} from './data-folder.js';

/**
 * The settings: environment variables, or lines of a `.env` file in the working directory (the environment
 * wins; an empty value counts as not set). They are read once, frozen and handed down, and no other code
 * reads settings from the environment.
 */
export interface Config {
  /** Absolute path. */
  readonly dataDir: string;
  readonly http: HostPort;
  /** The base URL for browsers and softphones, without a final slash; undefined: the host of each request. */
  readonly publicUrl: string | undefined;
  /** Undefined: generated in the data folder by `ensureToken`. */
  readonly token: string | undefined;
  readonly sip: HostPort;
  /** The address that Asterisk binds to, when a container or router is between Asterisk and {@link sip}. */
  readonly sipBind: HostPort | undefined;
  /** The address of Asterisk as seen from outside; undefined: its own address. */
  readonly externalAddress: string | undefined;
  /** Networks that reach Asterisk by its own address; undefined: the networks of this machine. */
  readonly localNetworks: readonly string[] | undefined;
  /** Undefined: softphones register without encryption. */
  readonly sipTls: TlsSettings | undefined;
  readonly rtp: { readonly from: number; readonly to: number };
  /** An Asterisk that the administrator configured; undefined: one of our own, or {@link beside}. */
  readonly ari: AriAddress | undefined;
  /** An Asterisk in a container of its own; undefined: none. */
  readonly beside: AsteriskBeside | undefined;
  /** Undefined: the simulated phone network. */
  readonly trunk: TrunkSettings | undefined;
  /**
   * Calls go to the simulated phone network. Null: they go to an operator, or to wherever the Asterisk of
   * {@link ari} sends them.
   */
  readonly simulation: Simulation | null;
  /** Asterisk checks the trunk with OPTIONS requests. */
  readonly trunkOptions: boolean;
  readonly numberFormat: NumberFormat;
  /** Most simultaneous calls on the trunk. */
  readonly lines: number;
  /** How many of the lines are kept free for tips; always fewer than `lines`. */
  readonly tipLines: number;
  /** Most new calls a second; may be a fraction. */
  readonly cps: number;
  readonly tipLine: TipLineNumber;
  readonly ringSeconds: number;
  readonly retry: RetryPolicy;
  /** Null: no night. */
  readonly night: Night | null;
  readonly recordTips: boolean;
  readonly allowOldAsterisk: boolean;
  readonly speech: { readonly engine: SpeechEngine; readonly command: string | undefined };
  readonly logLevel: LogLevel;
  /** The supervisor restarts a controller that gives no sign of life for this long; null: never. */
  readonly watchdogMs: number | null;
  /** Oddities that do not prevent the start, in words for the administrator. */
  readonly warnings: readonly string[];
  /** Each variable as given, for `describeSettings`. */
  readonly settings: readonly GivenSetting[];
}

/**
 * An Asterisk in a container. The controller shares a folder with it, for its configuration and recordings.
 */
export interface AsteriskBeside {
  /** Absolute path, the same in both containers. */
  readonly folder: string;
  /** Address of its ARI. */
  readonly ari: HostPort;
}

/** The address at which softphones register with TLS, next to {@link Config.sip}. */
export interface TlsSettings extends HostPort {
  /** Absolute paths; undefined: a self-signed certificate in the data folder. */
  readonly files: TlsFiles | undefined;
  /** Softphones must encrypt their audio too. */
  readonly srtp: boolean;
}

export interface TrunkSettings extends HostPort {
  /** Credentials for the registration; undefined: none, and the operator knows us by our address. */
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
}

export const SPEECH_ENGINES = ['auto', 'embedded', 'natural', 'say', 'command'] as const;
export type SpeechEngine = (typeof SPEECH_ENGINES)[number];
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type SettingSource = 'default' | 'demo' | 'environment' | '.env' | 'generated';

export interface GivenSetting {
  readonly variable: string;
  /** The text as given, or the text of the default. */
  readonly text: string;
  readonly source: SettingSource;
}

/** A schema around one of the parsers. A refusal becomes an issue of the variable. */
function read<T>(parse: (text: string) => Parsed<T>) {
  return z.string().transform((text, context) => {
    const result = parse(text);
    if (result.ok) return result.value;
    context.addIssue({ code: 'custom', message: result.reason });
    return z.NEVER;
  });
}

const whole = (least: number, most: number, unit?: string) =>
  read((text) => parseNumber(text, { least, most, whole: true, ...(unit ? { unit } : {}) }));

/** Shorter tokens are refused. Tokens shorter than {@link SAFE_TOKEN} give a warning. */
const LEAST_TOKEN = 12;
const LEAST_DIFFERENT = 6;

const isHardToGuess = (token: string): boolean => token.length >= LEAST_TOKEN && new Set(token).size >= LEAST_DIFFERENT;

const Settings = z.object({
  BURGERNET_DATA: read(parseLine).prefault('./data'),
  BURGERNET_HTTP: read((text) => parseHostPort(text, { anyPort: true })).prefault('127.0.0.1:8080'),
  BURGERNET_PUBLIC_URL: read(parsePublicUrl).optional(),
  BURGERNET_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be printable characters without spaces')
    .refine(
      isHardToGuess,
      `can be guessed: give it ${LEAST_TOKEN} characters or more, and not the same ones; or leave it out`,
    )
    .optional(),
  BURGERNET_SIP: read((text) => parseHostPort(text)).prefault('127.0.0.1:5060'),
  BURGERNET_SIP_BIND: read((text) => parseHostPort(text)).optional(),
  BURGERNET_EXTERNAL_ADDRESS: read(parseHost).optional(),
  BURGERNET_LOCAL_NET: read(parseNetworks).optional(),
  BURGERNET_SIP_TLS: read((text) => parseHostPort(text)).optional(),
  BURGERNET_TLS_CERT: read(parseLine).optional(),
  BURGERNET_TLS_KEY: read(parseLine).optional(),
  BURGERNET_SRTP: read(parseFlag).prefault('0'),
  BURGERNET_RTP: read(parsePortRange).prefault('20000-29999'),
  BURGERNET_ARI: read(parseAri).optional(),
  BURGERNET_ASTERISK_FOLDER: read(parseLine).optional(),
  BURGERNET_TRUNK: read(parseTrunk).optional(),
  BURGERNET_TRUNK_USER: read(parseLine).optional(),
  BURGERNET_TRUNK_PASSWORD: read(parseLine).optional(),
  BURGERNET_TRUNK_OPTIONS: read(parseFlag).prefault('1'),
  BURGERNET_SIMULATION: read(parseFlag).prefault('0'),
  BURGERNET_TRUNK_NUMBER_FORMAT: read((text) => parseWord(text, NUMBER_FORMATS)).prefault('e164'),
  BURGERNET_LINES: whole(1, 5000, 'lines').prefault('30'),
  BURGERNET_TIP_LINES: whole(0, 4999, 'lines').optional(),
  BURGERNET_CPS: read((text) => parseNumber(text, { least: 0.1, most: 1000, whole: false })).prefault('10'),
  BURGERNET_TIPLINE: read(parseTipLine).prefault('08000011'),
  BURGERNET_RING_SECONDS: whole(1, 120, 'seconds').prefault('30'),
  BURGERNET_RETRY: read(parseRetryPolicy).prefault('no_answer:2@120s,busy:2@60s'),
  BURGERNET_NIGHT: read(parseNight).prefault('23:00-07:00'),
  BURGERNET_RECORD_TIPS: read(parseFlag).prefault('0'),
  BURGERNET_ALLOW_OLD_ASTERISK: read(parseFlag).prefault('0'),
  BURGERNET_SPEECH: read((text) => parseWord(text, SPEECH_ENGINES)).prefault('auto'),
  BURGERNET_SPEECH_COMMAND: read(parseLine).optional(),
  BURGERNET_LOG: read((text) => parseWord(text, LOG_LEVELS)).prefault('info'),
  BURGERNET_WATCHDOG: read(parseWatchdog).prefault('15'),
});
type Settings = z.output<typeof Settings>;

type Env = Readonly<Record<string, string | undefined>>;

/** Reads the settings. Throws {@link ConfigError}, which names every invalid variable. */
export function loadConfig(env: Env = process.env, cwd: string = process.cwd()): Config {
  const file = readDotEnv(cwd);
  const given = new Map<string, GivenSetting>();
  for (const [source, values] of [
    ['.env', file],
    ['environment', env],
  ] as const) {
    for (const [variable, text] of Object.entries(values)) {
      if (!variable.startsWith('BURGERNET_') || text === undefined || text.trim() === '') continue;
      given.set(variable, { variable, text, source });
    }
  }
  for (const [variable, text] of Object.entries(simulatedSettings(given)))
    if (!given.has(variable)) given.set(variable, { variable, text, source: 'demo' });
  const result = Settings.safeParse(
    Object.fromEntries([...given.values()].map(({ variable, text }) => [variable, text])),
  );
  const problems = result.success
    ? [...contradictions(result.data), ...encryptionProblems(result.data, cwd)]
    : result.error.issues.map((issue) => ({ variable: String(issue.path[0]), message: issue.message }));
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  return freeze(toConfig(result.data, given, cwd));
}

/**
 * Defaults in containers without a trunk, where another container runs the simulated phone network and the
 * demo. With these settings one action takes two minutes, by day and by night.
 */
export const DEMO_SETTINGS = GIVEN satisfies Partial<Record<keyof Settings, string>>;

function simulatedSettings(given: ReadonlyMap<string, GivenSetting>): Readonly<Record<string, string>> {
  return given.has('BURGERNET_ASTERISK_FOLDER') && !given.has('BURGERNET_TRUNK') ? DEMO_SETTINGS : {};
}

/**
 * The signs of life that systemd expects when it started this process (sd_notify(3), sd_watchdog_enabled(3)).
 */
export function serviceManager(env: Env = process.env): { notifies: boolean; watchdogMs: number | undefined } {
  const watchdogMs = Number(env['WATCHDOG_USEC']) / 1_000;
  return { notifies: Boolean(env['NOTIFY_SOCKET']), watchdogMs: watchdogMs > 0 ? watchdogMs : undefined };
}

/** The environment with the lines of `.env` added, for child processes. */
export function mergedEnvironment(env: Env = process.env, cwd: string = process.cwd()): Env {
  return { ...readDotEnv(cwd), ...env };
}

/**
 * The environment for a child process that has settings of its own: leaves out the variables with this
 * prefix, except those that match `except`.
 */
export function environmentWithout(prefix: string, except: RegExp, env: Env = process.env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && (!name.startsWith(prefix) || except.test(name)) ? [[name, value]] : [],
    ),
  );
}

function readDotEnv(cwd: string): Env {
  try {
    return parseEnv(readFileSync(join(cwd, '.env'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new ConfigError([{ variable: '.env', message: `cannot be read: ${(error as Error).message}` }]);
  }
}

/** Contradictions between settings that are each valid by themselves. */
function contradictions(settings: Settings): { variable: string; message: string }[] {
  const problems: { variable: string; message: string }[] = [];
  const wrong = (variable: keyof Settings, message: string): void => void problems.push({ variable, message });
  const { BURGERNET_TRUNK_USER: user, BURGERNET_TRUNK_PASSWORD: password } = settings;
  // In Asterisk's dialplan these characters end the path of a sound.
  if (/[&,|]/.test(settings.BURGERNET_DATA))
    wrong('BURGERNET_DATA', 'must be a folder whose path holds no &, no comma and no |');
  const { BURGERNET_ARI: ari, BURGERNET_ASTERISK_FOLDER: folder } = settings;
  if (folder !== undefined && ari === undefined)
    wrong('BURGERNET_ARI', 'is needed when BURGERNET_ASTERISK_FOLDER is set, as http://host:port');
  if (ari && folder === undefined && ari.username === '') wrong('BURGERNET_ARI', ARI_FORM);
  if (ari && folder !== undefined && ari.username !== '')
    wrong(
      'BURGERNET_ARI',
      'must be http://host:port when BURGERNET_ASTERISK_FOLDER is set: user and password are made',
    );
  if (folder !== undefined && /[&,|]/.test(folder))
    wrong('BURGERNET_ASTERISK_FOLDER', 'must be a folder whose path holds no &, no comma and no |');
  if (user !== undefined && password === undefined)
    wrong('BURGERNET_TRUNK_PASSWORD', 'is needed when BURGERNET_TRUNK_USER is set');
  if (password !== undefined && user === undefined)
    wrong('BURGERNET_TRUNK_USER', 'is needed when BURGERNET_TRUNK_PASSWORD is set');
  if (user !== undefined && settings.BURGERNET_TRUNK === undefined)
    wrong('BURGERNET_TRUNK', 'is needed when BURGERNET_TRUNK_USER is set');
  if ((settings.BURGERNET_TIP_LINES ?? 0) >= settings.BURGERNET_LINES) {
    wrong(
      'BURGERNET_TIP_LINES',
      `must be fewer than BURGERNET_LINES (${settings.BURGERNET_LINES}): alert calls need a line too`,
    );
  }
  if (settings.BURGERNET_SPEECH === 'command' && settings.BURGERNET_SPEECH_COMMAND === undefined) {
    wrong('BURGERNET_SPEECH_COMMAND', 'is needed when BURGERNET_SPEECH is command');
  }
  return problems;
}

/** Problems of the settings for encryption, and of the files that they name. */
function encryptionProblems(settings: Settings, cwd: string): readonly { variable: string; message: string }[] {
  const { BURGERNET_SIP: sip, BURGERNET_SIP_TLS: tls } = settings;
  const { BURGERNET_TLS_CERT: certificate, BURGERNET_TLS_KEY: key } = settings;
  if (settings.BURGERNET_SRTP && tls === undefined) {
    const message = 'is needed when BURGERNET_SRTP is set: without TLS the keys of the sound can be read on the way';
    return [{ variable: 'BURGERNET_SIP_TLS', message }];
  }
  if (tls?.host === sip.host && tls.port === sip.port)
    return [{ variable: 'BURGERNET_SIP_TLS', message: 'must be a different port from BURGERNET_SIP' }];
  if (certificate === undefined && key === undefined) return [];
  if (certificate === undefined)
    return [{ variable: 'BURGERNET_TLS_CERT', message: 'is needed when BURGERNET_TLS_KEY is set' }];
  if (key === undefined)
    return [{ variable: 'BURGERNET_TLS_KEY', message: 'is needed when BURGERNET_TLS_CERT is set' }];
  return problemsOfTls({ certificate: resolve(cwd, certificate), key: resolve(cwd, key) });
}

/**
 * Ten percent of the lines, and at least 2, but one line is always left for alert calls: with 1 line 0, with
 * 2 lines 1.
 */
function defaultTipLines(lines: number): number {
  return Math.min(Math.max(2, Math.ceil(lines / 10)), lines - 1);
}

function toConfig(settings: Settings, given: ReadonlyMap<string, GivenSetting>, cwd: string): Config {
  const { BURGERNET_TRUNK: trunk, BURGERNET_TRUNK_USER: username, BURGERNET_TRUNK_PASSWORD: password } = settings;
  const tipLines = settings.BURGERNET_TIP_LINES ?? defaultTipLines(settings.BURGERNET_LINES);
  const credentials = username === undefined || password === undefined ? undefined : { username, password };
  return {
    dataDir: resolve(cwd, settings.BURGERNET_DATA),
    http: settings.BURGERNET_HTTP,
    publicUrl: settings.BURGERNET_PUBLIC_URL,
    token: settings.BURGERNET_TOKEN,
    sip: settings.BURGERNET_SIP,
    sipBind: settings.BURGERNET_SIP_BIND,
    externalAddress: settings.BURGERNET_EXTERNAL_ADDRESS,
    localNetworks: settings.BURGERNET_LOCAL_NET,
    sipTls: tlsSettings(settings, cwd),
    rtp: settings.BURGERNET_RTP,
    ari: settings.BURGERNET_ASTERISK_FOLDER === undefined ? settings.BURGERNET_ARI : undefined,
    beside: besideSettings(settings, cwd),
    trunk: trunk && { ...trunk, credentials },
    simulation: simulationOf(settings),
    trunkOptions: settings.BURGERNET_TRUNK_OPTIONS,
    numberFormat: settings.BURGERNET_TRUNK_NUMBER_FORMAT,
    lines: settings.BURGERNET_LINES,
    tipLines,
    cps: settings.BURGERNET_CPS,
    tipLine: settings.BURGERNET_TIPLINE,
    ringSeconds: settings.BURGERNET_RING_SECONDS,
    retry: settings.BURGERNET_RETRY,
    night: settings.BURGERNET_NIGHT,
    recordTips: settings.BURGERNET_RECORD_TIPS,
    allowOldAsterisk: settings.BURGERNET_ALLOW_OLD_ASTERISK,
    speech: { engine: settings.BURGERNET_SPEECH, command: settings.BURGERNET_SPEECH_COMMAND },
    logLevel: settings.BURGERNET_LOG,
    watchdogMs: settings.BURGERNET_WATCHDOG,
    warnings: oddities(settings, given),
    settings: Object.keys(Settings.shape).map(
      (variable) => given.get(variable) ?? { variable, text: defaultText(variable, tipLines), source: 'default' },
    ),
  };
}

/**
 * A trunk on this machine counts as an operator, because a proxy to a real operator may run here. It is
 * simulated only with BURGERNET_SIMULATION=1.
 */
function simulationOf(settings: Settings): Simulation | null {
  const { BURGERNET_TRUNK: trunk, BURGERNET_SIMULATION: asked } = settings;
  if (trunk) {
    if (!asked || !isLoopback(trunk.host)) return null;
    return { mayStart: true, reason: 'BURGERNET_SIMULATION is 1, and BURGERNET_TRUNK is on this machine' };
  }
  if (isElsewhere(settings)) return null;
  const reason = 'no trunk is set (BURGERNET_TRUNK), and a simulated phone network plays the operator';
  if (asked) return { mayStart: true, reason };
  return { mayStart: false, reason: `${reason}; no action starts without BURGERNET_TRUNK or BURGERNET_SIMULATION=1` };
}

/** Whether the administrator configured Asterisk, and with it the trunk. */
const isElsewhere = (settings: Settings): boolean =>
  settings.BURGERNET_ARI !== undefined && settings.BURGERNET_ASTERISK_FOLDER === undefined;

function besideSettings(settings: Settings, cwd: string): AsteriskBeside | undefined {
  const { BURGERNET_ARI: ari, BURGERNET_ASTERISK_FOLDER: folder } = settings;
  if (ari === undefined || folder === undefined) return undefined;
  const { hostname, port } = new URL(ari.url);
  return {
    folder: resolve(cwd, folder),
    ari: { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || '80') },
  };
}

function tlsSettings(settings: Settings, cwd: string): TlsSettings | undefined {
  const { BURGERNET_SIP_TLS: tls, BURGERNET_TLS_CERT: certificate, BURGERNET_TLS_KEY: key } = settings;
  const files =
    certificate === undefined || key === undefined
      ? undefined
      : { certificate: resolve(cwd, certificate), key: resolve(cwd, key) };
  return tls && { ...tls, files, srtp: settings.BURGERNET_SRTP };
}

/** Shorter tokens give a warning. */
const SAFE_TOKEN = 16;

function oddities(settings: Settings, given: ReadonlyMap<string, GivenSetting>): string[] {
  const unknown = [...given.values()].filter(({ variable }) => !Object.hasOwn(Settings.shape, variable));
  const warnings = unknown.map(
    ({ variable, source }) => `${variable} (${source}) is not a setting of Burgernet and does nothing`,
  );
  if ((settings.BURGERNET_TOKEN?.length ?? SAFE_TOKEN) < SAFE_TOKEN) {
    warnings.push(`BURGERNET_TOKEN is short and can be guessed; leave it out to have one made`);
  }
  if (settings.BURGERNET_SIP_TLS === undefined && settings.BURGERNET_TLS_CERT !== undefined)
    warnings.push('BURGERNET_TLS_CERT does nothing without BURGERNET_SIP_TLS');
  if (settings.BURGERNET_SIMULATION && simulationOf(settings) === null) {
    const why = settings.BURGERNET_TRUNK ? 'beside the trunk of an operator' : 'with an Asterisk that runs elsewhere';
    warnings.push(`BURGERNET_SIMULATION does nothing ${why}: real people are called`);
  }
  const ports = settings.BURGERNET_RTP.to - settings.BURGERNET_RTP.from + 1;
  if (ports < 2 * settings.BURGERNET_LINES) {
    warnings.push(`BURGERNET_RTP holds ${ports} ports; ${settings.BURGERNET_LINES} lines need 2 each`);
  }
  return warnings;
}

const UNSET: Readonly<Record<string, string>> = {
  BURGERNET_ARI: 'own Asterisk',
  BURGERNET_SIP_BIND: 'as BURGERNET_SIP',
  BURGERNET_SIP_TLS: 'off',
  BURGERNET_TRUNK: 'simulated phone network',
};

function defaultText(variable: string, tipLines: number): string {
  if (variable === 'BURGERNET_TIP_LINES') return `${tipLines}`;
  const schema = Settings.shape[variable as keyof typeof Settings.shape];
  return schema instanceof z.ZodPrefault ? String(schema.def.defaultValue) : (UNSET[variable] ?? '');
}

function freeze(config: Config): Config {
  for (const value of Object.values(config)) Object.freeze(value);
  return Object.freeze(config);
}

const MASKED = '••••';

/** Every setting with its value (secrets masked) and its source, in the order of docs/configure.md. */
export function describeSettings(
  config: Config,
): readonly { variable: string; value: string; source: SettingSource }[] {
  return config.settings.map(({ variable, text, source }) => {
    if (variable === 'BURGERNET_TOKEN' && source === 'default') return { variable, value: MASKED, source: 'generated' };
    if (/_(TOKEN|PASSWORD)$/.test(variable) && text !== '') return { variable, value: MASKED, source };
    if (variable === 'BURGERNET_ARI') return { variable, value: text.replace(/:[^:/@]*@/, `:${MASKED}@`), source };
    return { variable, value: text, source };
  });
}
