import { createSocket } from 'node:dgram';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addressBeside } from '../adapters/asterisk/process/asterisk-beside.js';
import type { Readiness } from '../app/services.js';
import { besideOptions } from '../asterisk-setup.js';
import {
  ConfigError,
  ensureDataFolder,
  mergedEnvironment,
  ownLexiconFile,
  type AsteriskBeside,
  type Config,
  type HostPort,
} from '../config.js';
import { describeCertificate, keptTlsFiles } from '../tls-files.js';
import { CliError } from './cli-error.js';
import type { CliContext } from './context.js';

/** The result of one check. */
export interface Finding {
  readonly ok: boolean;
  readonly what: string;
  /** How to fix it; only when something is wrong. */
  readonly advice?: string;
}

/** The fixed prompts. */
const ALL_SOUNDS = fileURLToPath(new URL('../../sounds', import.meta.url));
const SOUNDS = join(ALL_SOUNDS, 'nl');

const fine = (what: string): Finding => ({ ok: true, what });
const wrong = (what: string, advice: string): Finding => ({ ok: false, what, advice });
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const newEnough = major > 20 || (major === 20 && minor >= 19);
  return newEnough ? fine(`Node ${version}`) : wrong(`Node ${version} is too old`, 'install Node 20.19 or newer');
}

export function checkData(config: Config): Finding {
  try {
    return fine(`data folder ${ensureDataFolder(config).root} can be written`);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return wrong(
      error.message,
      'make this user the owner of the folder (chown), or name another folder in BURGERNET_DATA',
    );
  }
}

/**
 * Checks whether the service runs, accepts our token and works. A service that does not run is not a fault.
 */
export async function checkService(
  context: CliContext,
  config: Config,
): Promise<{ running: boolean; findings: Finding[] }> {
  let api: ReturnType<CliContext['api']>;
  try {
    api = context.api();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { running: false, findings: [fine('the service has not run yet on this data folder')] };
  }
  const ready = await api.probe('/readyz');
  if (ready === undefined) {
    return { running: false, findings: [fine(`the service does not run at ${api.url}; start it with: npm start`)] };
  }
  if (!isReadiness(ready.body)) {
    const advice = 'stop that program, or choose another port in BURGERNET_HTTP';
    return { running: false, findings: [wrong(`another program answers at ${api.url}`, advice)] };
  }
  const parts = Object.entries(ready.body.parts).map(([part, { ok, reason }]) =>
    ok
      ? fine(reason === '' ? part : `${part}: ${reason}`)
      : wrong(`${part}: ${reason}`, ADVICE[part] ?? 'see the log of the service'),
  );
  const token = await api.get('/actions').then(
    () => fine('the service accepts our token'),
    () => wrong('the service refuses our token', 'set BURGERNET_TOKEN or BURGERNET_DATA to the values of the service'),
  );
  const { sip } = config;
  return {
    running: true,
    findings: [fine(`the service runs at ${api.url}, SIP at ${sip.host}:${sip.port}`), token, ...parts],
  };
}

const ADVICE: Readonly<Record<string, string>> = {
  database: 'check the free space and the permissions of BURGERNET_DATA',
  asterisk: 'see the log of the service, which restarts Asterisk by itself',
  trunk: 'check BURGERNET_TRUNK, its user and password, and ask the operator',
  speech: 'check BURGERNET_SPEECH; the value embedded needs no other program',
  prompts: 'check BURGERNET_SPEECH; until then the earlier prompts play',
  natural: 'install or choose a voice: burgernet voices install, burgernet voices list',
  disk: 'free space on the disk of BURGERNET_DATA',
};

function isReadiness(body: unknown): body is Readiness {
  return typeof body === 'object' && body !== null && 'ready' in body && 'parts' in body;
}

/** Checks the Asterisk that the service would use: one that runs elsewhere, or a program on this machine. */
export async function checkAsterisk(config: Config): Promise<Finding> {
  if (config.ari) return checkAri(config.ari);
  if (config.beside) return checkBeside(config, config.beside);
  try {
    const { findAsterisk, MINIMUM_ASTERISK } = await import('../../scripts/lib/asterisk-root.mjs');
    const found = await findAsterisk(mergedEnvironment());
    if (found) return fine(`Asterisk ${found.version} (${found.source})`);
    return wrong(
      `no Asterisk ${MINIMUM_ASTERISK} or newer on this machine`,
      'run npm run setup, which installs one, or set BURGERNET_ARI',
    );
  } catch (error) {
    return wrong(`the search for Asterisk failed: ${reasonOf(error)}`, 'run npm run setup');
  }
}

async function checkBeside(config: Config, beside: AsteriskBeside): Promise<Finding> {
  const address = await addressBeside(besideOptions(config, beside));
  if (!address)
    return wrong('the Asterisk beside us has no configuration yet', 'run burgernet prepare, then start Asterisk');
  return checkAri({ url: address.httpUrl, username: address.username, password: address.password });
}

async function checkAri({ url, username, password }: NonNullable<Config['ari']>): Promise<Finding> {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const response = await fetch(`${url}/ari/asterisk/info`, { headers: { authorization } }).catch(() => undefined);
  if (response === undefined)
    return wrong(`no Asterisk answers at BURGERNET_ARI ${url}`, 'start that Asterisk with its HTTP server enabled');
  if (response.ok) return fine(`Asterisk answers at ${url}`);
  return wrong(
    `Asterisk at ${url} answers ${response.status}`,
    'check the user and password of BURGERNET_ARI in its ari.conf',
  );
}

/** Checks the certificate for softphones. Returns nothing without TLS, or before a certificate was made. */
export function checkCertificate({ sipTls, dataDir }: Config, now: number): Finding[] {
  const path = sipTls && (sipTls.files?.certificate ?? keptTlsFiles(dataDir)?.certificate);
  if (path === undefined) return [];
  const { validTo, fingerprint } = describeCertificate(path);
  const until = validTo.toISOString().slice(0, 10);
  if (validTo.getTime() > now) return [fine(`certificate for softphones until ${until}, SHA-256 ${fingerprint}`)];
  return [
    wrong(`the certificate ${path} expired on ${until}`, 'renew it; if the service made it: remove it and restart'),
  ];
}

/** Checks whether the ports that the service needs are free. Use this only while the service does not run. */
export async function checkPorts(config: Config): Promise<Finding[]> {
  const http = (await tcpFree(config.http)) || config.http.port === 0;
  const elsewhere = config.ari ?? config.beside;
  const sip = elsewhere !== undefined || (await udpFree(config.sip));
  return [
    portFinding('BURGERNET_HTTP', config.http, http),
    ...(elsewhere ? [] : [portFinding('BURGERNET_SIP', config.sip, sip)]),
    ...(elsewhere || !config.sipTls
      ? []
      : [portFinding('BURGERNET_SIP_TLS', config.sipTls, await tcpFree(config.sipTls))]),
  ];
}

function portFinding(setting: string, { host, port }: HostPort, free: boolean): Finding {
  if (free) return fine(`${setting} ${host}:${port} is free`);
  return wrong(
    `${setting} ${host}:${port} is taken, or is not an address of this machine`,
    `stop the program that uses it, or change ${setting}`,
  );
}

function tcpFree({ host, port }: HostPort): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

function udpFree({ host, port }: HostPort): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, host, () => socket.close(() => resolve(true)));
  });
}

/** Checks the administrator's own words for the voice. Returns nothing when there are none. */
export async function checkLexicon(config: Config): Promise<Finding[]> {
  const { openLexicon } = await import('../adapters/speech/lexicon-files.js');
  const { own, problems } = await openLexicon(SOUNDS, ownLexiconFile(config));
  const words = own.size === 0 ? [] : [fine(`own words for the voice in ${ownLexiconFile(config)}`)];
  const advice = 'correct that line, and restart the service';
  return [
    ...words,
    ...problems.map(({ file, line, field, message }) =>
      wrong(`${file}, line ${line}${field === 'line' ? '' : `, ${field}`}: ${message}`, advice),
    ),
  ];
}

/** Checks the configured speech engine by rendering a sound in a temporary folder. */
export async function checkSpeech(config: Config): Promise<Finding> {
  const folder = await mkdtemp(join(tmpdir(), 'burgernet-speech-'));
  try {
    const [{ openSpeech }, { createPinoLog }] = await Promise.all([
      import('../adapters/speech/open-speech.js'),
      import('../adapters/log/pino-log.js'),
    ]);
    const opened = await openSpeech({
      folder,
      soundsFolder: ALL_SOUNDS,
      voices: ensureDataFolder(config).voices,
      engine: config.speech.engine,
      tipLine: config.tipLine.shown,
      ownLexicon: ownLexiconFile(config),
      log: createPinoLog({ level: 'silent' }),
      ...(config.speech.command === undefined ? {} : { command: config.speech.command.split(/\s+/) }),
    });
    try {
      await opened.chosen;
      const { engine } = opened.speech;
      const healthy = await opened.speech.healthy();
      const degraded = opened.speech.degradedBy();
      if (healthy && degraded !== '')
        return wrong(`speech: ${degraded}; the embedded voice speaks instead`, ADVICE['natural'] ?? '');
      if (healthy) return fine(`speech: ${engine}`);
      return wrong(`speech: ${engine} renders no sound`, ADVICE['speech'] ?? '');
    } finally {
      await opened.close();
    }
  } catch (error) {
    return wrong(`speech: ${reasonOf(error)}`, ADVICE['speech'] ?? '');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
