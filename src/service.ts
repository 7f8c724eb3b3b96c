import { readFile, rm, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AsteriskTelephony } from './adapters/asterisk/asterisk-telephony.js';
import { parseAriAddress } from './adapters/asterisk/ari/address.js';
import { addressBeside, sipTapBeside } from './adapters/asterisk/process/asterisk-beside.js';
import { AsteriskKeeper } from './adapters/asterisk/process/asterisk-keeper.js';
import { startOwnAsterisk, type OwnAsterisk } from './adapters/asterisk/process/asterisk-process.js';
import { startRingGuard } from './adapters/asterisk/process/ring-guard.js';
import { configValues } from './adapters/asterisk/process/config-values.js';
import {
  asteriskSetup,
  besideOptions,
  optionsTiming,
  recordingsFolderOf,
  registrationOf,
  sipPortsOf,
} from './asterisk-setup.js';
import { systemClock } from './adapters/clock/system-clock.js';
import { hmacMixer } from './adapters/crypto/hmac-mixer.js';
import { loudnessOf } from './adapters/speech/loudness.js';
import { openSpeech } from './adapters/speech/open-speech.js';
import { openDatabase } from './adapters/sqlite/database.js';
import { lockDataFolder } from './adapters/sqlite/folder-lock.js';
import { openStores } from './adapters/sqlite/stores.js';
import { PROMPT_LANGUAGES } from './domain/messages.js';
import { ReachWatch } from './app/actions/reach-watch.js';
import { createApp, type AppLimits } from './app/app.js';
import { scryptDigests } from './app/centralists/pin-digest.js';
import { CallIds } from './app/journal/call-ids.js';
import { storeCallSteps } from './app/journal/call-steps.js';
import type { Services } from './app/services.js';
import { ConfigError, ensureDataFolder, ensureToken, ownLexiconFile, type Config } from './config.js';
import type { Log } from './ports/log.js';
import type { RecordedFiles } from './ports/recorded-files.js';
import type { SoundFiles } from './ports/speech.js';
import { Closers } from './lib/closers.js';
import { copyFolder } from './lib/copy-folder.js';
import { bracketedHost, reachableHost } from './lib/reachable-host.js';
import { untilQuiet } from './lib/until-quiet.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const VERSION = '0.1.0';

export interface Service {
  /** `http://127.0.0.1:8080`: the API is below `/api/v1`. */
  readonly url: string;
  readonly token: string;
  readonly services: Services;
  readonly soundFiles: SoundFiles;
  /** The Asterisk that this process started or adopted; undefined for an Asterisk elsewhere. */
  readonly asterisk: OwnAsterisk | undefined;
  /**
   * Starts no new calls, lets live calls end by themselves within the limit, and then closes everything. Safe
   * to repeat: a second stop with a limit of 0, the default, ends the wait of the first.
   */
  stop(limitMs?: number): Promise<void>;
}

/** The operator's SIP server, and how to register there. */
export interface Trunk {
  readonly host: string;
  readonly port: number;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
}

/**
 * Starts a simulated phone network as the trunk. Called only after this process has locked the data folder,
 * and only when its own Asterisk will use the trunk.
 */
export type OpenTrunk = () => Promise<{ readonly trunk: Trunk; stop(): Promise<void> }>;

/**
 * Opens everything in order and closes it in the reverse order. When a step fails, the parts opened before it
 * are closed again. Throws `ConfigError`, `Problem` or `AsteriskUnusable`, with a message that says what is
 * wrong and what to do.
 */
export async function startService(config: Config, trunk: Trunk | OpenTrunk, log: Log): Promise<Service> {
  const closers = new Closers((error) => {
    log.error('something did not close', { error: String(error) });
  });
  try {
    return await open(config, trunk, log, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function open(config: Config, trunk: Trunk | OpenTrunk, log: Log, closers: Closers): Promise<Service> {
  const clock = systemClock;
  const folders = ensureDataFolder(config);
  const lock = lockDataFolder(folders.root);
  closers.add(() => {
    lock.release();
  });
  const token = ensureToken(config);
  const soundsFolder = await soundsWhereAsteriskReads(config, folders.sounds);

  const database = openDatabase(join(folders.root, 'burgernet.db'), {
    migrationsFolder: join(ROOT, 'migrations'),
    onSyncFailed: (error) => {
      log.error('the disk did not confirm what was stored; it is written again', { error: String(error) });
    },
  });
  const stores = openStores(database, (bad) => {
    log.error('a row of the database is damaged', { ...bad });
  });
  closers.add(() => {
    stores.close();
  });
  const opened = await openSpeech({
    folder: folders.sounds,
    voices: folders.voices,
    soundsFolder,
    namedFolder: folders.namedPrompts,
    engine: config.speech.engine,
    tipLine: config.tipLine.shown,
    ownLexicon: ownLexiconFile(config),
    log,
    ...(config.speech.command === undefined ? {} : { command: config.speech.command.split(/\s+/) }),
  });
  const { speech, soundFiles } = opened;
  closers.add(() => opened.close());

  const operator = config.ari || config.beside ? undefined : await openedTrunk(trunk, closers);
  const startAsterisk = (): Promise<OwnAsterisk> => {
    if (!operator) throw new Error('this Asterisk is not ours to start');
    return ownAsterisk(config, operator, folders.asterisk, folders.namedPrompts, log);
  };
  const asterisk = operator && (await startAsterisk());
  let ready = false;
  const keeper = asterisk && new AsteriskKeeper(asterisk, { clock, log, start: startAsterisk });
  // An adopted Asterisk carries calls of an earlier controller. A start that fails must not end them.
  const leaveRunning = (): boolean => !ready && asterisk?.adopted === true;
  const ringGuard = asterisk && startRingGuard({ asterisk, folder: folders.asterisk, ringSeconds: config.ringSeconds });
  closers.add(async () => {
    await keeper?.close({ leaveRunning: leaveRunning() });
    // When Asterisk is left running, the ring guard notices by itself that this process is gone.
    if (!leaveRunning()) ringGuard?.close();
  });
  const sipTapPort = config.beside ? sipTapBeside(config.beside.ari) : asterisk?.sipTapPort;
  const recordingsFolder = recordingsFolderOf(config);
  const ids = new CallIds(stores.instanceId);
  const storeStep = storeCallSteps({ stores, clock, log });
  const telephony = new AsteriskTelephony({
    address: asterisk?.address ?? (await remoteAddress(config)),
    allowOldAsterisk: config.allowOldAsterisk,
    numberFormat: config.numberFormat,
    recordingsFolder,
    soundFiles,
    clock,
    log,
    ...(sipTapPort === undefined ? {} : { sipTapPort }),
    sipPorts: sipPortsOf(config),
    srtp: config.sipTls?.srtp ?? false,
    trunkOptions: optionsTiming(config),
    trunkRegistration: registrationOf(config, operator ?? config.trunk),
    whyNotStarted: () => keeper?.whyNotStarted ?? '',
    onStep: (callId, step) => {
      log.debug('call step', { callId, step });
      storeStep(callId, step);
    },
    isOurs: (id) => ids.isOurs(id),
  });
  closers.add(() => telephony.close());
  // This listener comes before those of the application, so that the keeper looks before the dialer is told.
  telephony.onHealth(({ asterisk: link }) => {
    if (link === 'down') keeper?.look();
  });

  const app = createApp(
    {
      stores,
      telephony,
      speech,
      soundFiles,
      recordedPrompts: opened.recordedPrompts,
      recordedFiles: recordedFilesIn(recordingsFolder),
      clock,
      log,
      mix: hmacMixer(stores.codeKey),
      pinDigests: scryptDigests,
      loudnessOf,
      freeDisk: async () => {
        const disk = await statfs(folders.root);
        return disk.bavail * disk.bsize;
      },
    },
    { ...config, softphoneServer: whereToRegister(config) },
  );
  const reachWatch = new ReachWatch({ events: app.events, actions: app.actions, clock, log });
  closers.add(() => {
    reachWatch.close();
  });
  closers.add(() => {
    app.centralists.close();
  });

  await telephony.open();
  await app.recover();
  log.info('calls go on', { asterisk: telephony.asteriskVersion });
  // Asterisk keeps the accounts in memory, so registered softphones stay registered unless Asterisk has just
  // been started.
  await app.centralists.provisionAll();
  const { offlineRecordings } = app.tipLine;
  await offlineRecordings.start();
  closers.add(() => {
    offlineRecordings.close();
  });
  // Loading the code of the API and the console takes a fifth of the start. Calls must not wait for that.
  const { createHttpServer } = await import('./adapters/http/index.js');
  const server = createHttpServer({
    services: app.services,
    token,
    guessLimiter: app.guesses,
    log,
    clock,
    version: VERSION,
    publicUrl: config.publicUrl,
    srtp: config.sipTls?.srtp ?? false,
  });
  closers.add(() => server.close());
  const { port } = await server.listen(config.http.host, config.http.port);
  ready = true;
  opened.renderPrompts();
  const url = `http://${bracketedHost(config.http.host)}:${port}`;
  log.info('burgernet is ready', { url, asterisk: telephony.asteriskVersion, speech: speech.engine });

  const hurry = new AbortController();
  let stopping: Promise<void> | undefined;
  return {
    url,
    token,
    services: app.services,
    soundFiles,
    asterisk,
    stop: (limitMs = 0) => {
      if (limitMs <= 0) hurry.abort();
      return (stopping ??= (async () => {
        app.dialer.stop();
        await untilQuiet(
          () => hurry.signal.aborted || app.liveCalls === 0,
          (listener) => {
            hurry.signal.addEventListener('abort', listener, { once: true });
            return app.onLiveCalls(listener);
          },
          limitMs,
        );
        await closers.close();
      })());
    },
  };
}

async function openedTrunk(trunk: Trunk | OpenTrunk, closers: Closers): Promise<Trunk> {
  if (typeof trunk !== 'function') return trunk;
  const network = await trunk();
  closers.add(() => network.stop());
  return network.trunk;
}

async function ownAsterisk(
  config: Config,
  trunk: Trunk,
  folder: string,
  namedPrompts: string,
  log: Log,
): Promise<OwnAsterisk> {
  const setup = asteriskSetup(config, trunk, namedPrompts, log);
  return startOwnAsterisk({
    folder,
    templates: join(ROOT, 'asterisk-config'),
    values: (folders, secrets, program) => configValues(setup, folders, secrets, program),
    sip: { setting: 'BURGERNET_SIP', host: setup.sip.host, port: setup.sip.port },
    ...(setup.tls ? { tls: { setting: 'BURGERNET_SIP_TLS', host: setup.tls.host, port: setup.tls.port } } : {}),
    allowOld: config.allowOldAsterisk,
    log,
  });
}

/** Recordings that Asterisk made, by name. The folder in a name is ignored. */
function recordedFilesIn(folder: string): RecordedFiles {
  const fileOf = (name: string): string => join(folder, `${basename(name)}.wav`);
  return {
    read: ({ name }) => readFile(fileOf(name)).catch(() => undefined),
    remove: ({ name }) => rm(fileOf(name), { force: true }),
  };
}

/** The server that softphones register with, and its transport. */
function whereToRegister({ sip, sipTls }: Config): AppLimits['softphoneServer'] {
  const { host, port } = sipTls ?? sip;
  return { server: `${reachableHost(host)}:${port}`, transport: sipTls ? 'tls' : 'udp' };
}

/**
 * Folder of the fixed prompts. For an Asterisk in another container they are copied into the folder that it
 * reads.
 */
async function soundsWhereAsteriskReads({ beside }: Config, shared: string): Promise<string> {
  const own = join(ROOT, 'sounds');
  if (!beside) return own;
  for (const language of PROMPT_LANGUAGES) await copyFolder(join(own, language), join(shared, language));
  return shared;
}

async function remoteAddress(config: Config): Promise<ReturnType<typeof parseAriAddress>> {
  if (config.beside) {
    const address = await addressBeside(besideOptions(config, config.beside));
    if (address) return address;
    const message = 'has no configuration yet: run burgernet prepare first';
    throw new ConfigError([{ variable: 'BURGERNET_ASTERISK_FOLDER', message }]);
  }
  if (!config.ari) throw new Error('no Asterisk');
  const url = new URL(config.ari.url);
  url.username = encodeURIComponent(config.ari.username);
  url.password = encodeURIComponent(config.ari.password);
  return parseAriAddress(url.href);
}
