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
import { ActionService } from './app/actions/action-service.js';
import { Assignments } from './app/actions/assignments.js';
import { AttemptRunner } from './app/dialing/attempt-runner.js';
import { CallIds } from './app/journal/call-ids.js';
import { CallbackService } from './app/centralists/callbacks.js';
import { Conditions } from './app/actions/conditions.js';
import { ServiceCodes } from './app/centralists/service-codes.js';
import { CentralistService, type CentralistServiceParts } from './app/centralists/centralist-service.js';
import { Softphones } from './app/centralists/softphones.js';
import { Dialer } from './app/dialing/dialer.js';
import { EventJournal } from './app/journal/event-journal.js';
import { gauges, readiness } from './app/health-service.js';
import { ColleagueCalls } from './app/centralists/colleague-calls.js';
import { TrunkLines } from './app/dialing/trunk-lines.js';
import { ActionsByPhone } from './app/centralists/actions-by-phone.js';
import { createParticipants } from './app/participants/participants.js';
import { scryptDigests } from './app/centralists/pin-digest.js';
import { Pins } from './app/centralists/pins.js';
import { createPostcodes } from './app/participants/postcodes.js';
import { GuessLimiter } from './app/access/guess-limiter.js';
import { ReachWatch } from './app/actions/reach-watch.js';
import { RecordingService } from './app/messages/recording-service.js';
import { recover } from './app/recovery.js';
import type { Services } from './app/services.js';
import { StartActionByPhone } from './app/centralists/start-action-by-phone.js';
import { TestCalls } from './app/actions/test-call.js';
import { createTipLine } from './app/tip-line/create-tip-line.js';
import { TipService } from './app/tip-line/tip-service.js';
import { Transfers } from './app/centralists/transfers.js';
import { ConfigError, ensureDataFolder, ensureToken, type Config } from './config.js';
import { rendered, type Sound } from './domain/messages.js';
import type { Log } from './ports/log.js';
import type { SoundFiles } from './ports/speech.js';
import type { StepListener } from './ports/telephony.js';
import { Closers } from './lib/closers.js';
import { copyFolder } from './lib/copy-folder.js';
import { bracketed, reachableHost } from './lib/reachable-host.js';
import { untilQuiet } from './lib/until-quiet.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const VERSION = '0.1.0';

export interface Service {
  /** `http://127.0.0.1:8080`: the API is below `/api/v1`. */
  readonly url: string;
  readonly token: string;
  readonly services: Services;
  readonly shelf: SoundFiles;
  /** Of our own Asterisk; undefined when one elsewhere is used. */
  readonly asterisk: OwnAsterisk | undefined;
  /**
   * No new calls; live ones may end until the limit; everything is stored and closed. Safe to repeat: a limit of 0, the
   * default, ends a longer wait that is going on.
   */
  stop(limitMs?: number): Promise<void>;
}

/** Where the operator's network is. */
export interface Trunk {
  readonly host: string;
  readonly port: number;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
}

/** Opens a network of our own to be the trunk; only when the data folder is ours and our own Asterisk is to use it. */
export type OpenTrunk = () => Promise<{ readonly trunk: Trunk; stop(): Promise<void> }>;

/**
 * Wires everything: what is opened first is closed last. When a step fails, what was opened before it is closed again.
 * Throws `ConfigError`, `Problem` or `AsteriskUnusable` with what is wrong and what to do.
 */
export async function startService(config: Config, trunk: Trunk | OpenTrunk, log: Log): Promise<Service> {
  const closers = new Closers((error) => {
    log.error('something did not close', { error: String(error) });
  });
  try {
    return await wire(config, trunk, log, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function wire(config: Config, trunk: Trunk | OpenTrunk, log: Log, closers: Closers): Promise<Service> {
  const clock = systemClock;
  const folders = ensureDataFolder(config);
  const lock = lockDataFolder(folders.root);
  closers.add(() => {
    lock.release();
  });
  const token = ensureToken(config);
  const soundsFolder = await soundsWhereAsteriskReads(config, folders.sounds);

  const database = openDatabase(join(folders.root, 'burgernet.db'), { migrationsFolder: join(ROOT, 'migrations') });
  const stores = openStores(database, (bad) => {
    log.error('a row of the database is damaged', { ...bad });
  });
  closers.add(() => {
    stores.close();
  });
  const opened = await openSpeech({
    folder: folders.sounds,
    soundsFolder,
    engine: config.speech.engine,
    tipLine: config.tipLine.shown,
    log,
    ...(config.speech.command === undefined ? {} : { command: config.speech.command.split(/\s+/) }),
  });
  const { speech, shelf } = opened;
  closers.add(() => opened.close());

  const operator = config.ari || config.beside ? undefined : await openedTrunk(trunk, closers);
  const startAsterisk = (): Promise<OwnAsterisk> => {
    if (!operator) throw new Error('this Asterisk is not ours to start');
    return ownAsterisk(config, operator, folders.asterisk, soundsFolder, log);
  };
  const asterisk = operator && (await startAsterisk());
  let ready = false;
  const keeper = asterisk && new AsteriskKeeper(asterisk, { clock, log, start: startAsterisk });
  // One that was running before us has calls that go on; a start that fails must not end them.
  const leaveRunning = (): boolean => !ready && asterisk?.adopted === true;
  const ringGuard = asterisk && startRingGuard({ asterisk, folder: folders.asterisk, ringSeconds: config.ringSeconds });
  closers.add(async () => {
    await keeper?.close({ leaveRunning: leaveRunning() });
    // Else the guard sees that we are gone.
    if (!leaveRunning()) ringGuard?.close();
  });
  const sipTapPort = config.beside ? sipTapBeside(config.beside.ari) : asterisk?.sipTapPort;
  const recordingsFolder = recordingsFolderOf(config);
  const ids = new CallIds(stores.instanceId);
  const onStep: StepListener = (callId, step) => {
    log.debug('call step', { callId, step });
    try {
      stores.traces.add(callId, [{ step, at: clock.now() }]);
    } catch (error) {
      // The call goes on; its outcome tells the rest.
      log.error('a step of a call could not be stored', { callId, step, error: String(error) });
    }
  };
  const telephony = new AsteriskTelephony({
    address: asterisk?.address ?? (await remoteAddress(config)),
    allowOldAsterisk: config.allowOldAsterisk,
    numberFormat: config.numberFormat,
    recordingsFolder,
    shelf,
    clock,
    log,
    ...(sipTapPort === undefined ? {} : { sipTapPort }),
    sipPorts: sipPortsOf(config),
    srtp: config.sipTls?.srtp ?? false,
    trunkOptions: optionsTiming(config),
    trunkRegistration: registrationOf(config, operator ?? config.trunk),
    whyNotStarted: () => keeper?.whyNotStarted ?? '',
    onStep,
    isOurs: (id) => ids.isOurs(id),
  });
  closers.add(() => telephony.close());

  const guard = new GuessLimiter({ clock, log });
  const events = new EventJournal(stores.events, clock, log);
  const lines = new TrunkLines({ lines: config.lines, tipLines: config.tipLines, cps: config.cps });
  const soundSeconds = (soundId: string): number => shelf.msOf(rendered(soundId)) / 1000;
  const callerId = { number: config.tipLine.digits, name: 'Burgernet' };
  const msOf = (sound: Sound): number => shelf.msOf(sound);
  const runner = new AttemptRunner({
    stores,
    telephony,
    clock,
    log,
    events,
    ids,
    ringMs: config.ringSeconds * 1000,
    callerId,
    msOf,
    onConfirmed: (attempt) => {
      actions.confirmed(attempt);
    },
  });
  /** What makes calls impossible now. */
  const trouble = (): string => (telephony.health().asterisk === 'up' ? stores.blockedBy() : telephony.health().reason);
  const dialer = new Dialer({
    lines,
    runner,
    clock,
    log,
    events,
    retry: config.retry,
    blockedBy: trouble,
    onEnded: (order) => {
      actions.alertEnded(order);
    },
  });
  const desks = new Softphones({ centralists: stores.centralists, telephony });
  const { simulation } = config;
  const conditions = new Conditions({
    telephony,
    simulation,
    desks,
    isRegistered: (centralist) => desk.isRegistered(centralist),
  });
  const actions: ActionService = new ActionService({
    stores,
    dialer,
    desks,
    lines,
    speech,
    events,
    assignments: new Assignments({ stores, desks, events }),
    testCalls: new TestCalls({
      centralists: stores.centralists,
      telephony,
      desks,
      ids,
      clock,
      log,
      callerNumber: callerId.number,
      msOf,
    }),
    ids,
    clock,
    night: config.night,
    ringSeconds: config.ringSeconds,
    soundSeconds,
    renewMessage: ({ id, message }) => {
      telephony.updateMessage(ids.subjectOf(id), rendered(message.soundId));
    },
    blockedBy: () => trouble() || telephony.health().reason,
    simulation,
    conditions,
  });
  const reachWatch = new ReachWatch({ events, actions, clock, log });
  closers.add(() => {
    reachWatch.close();
  });
  const pins = new Pins({ centralists: stores.centralists, digests: scryptDigests, clock });
  const desk: CentralistService = new CentralistService({
    centralists: stores.centralists,
    telephony,
    desks,
    pins,
    clock,
    log,
    guesses: guard,
    sip: whereToRegister(config),
  });
  closers.add(() => {
    desk.close();
  });
  const {
    inbound,
    queue,
    codes,
    offlineRecordings: leftRecordings,
  } = createTipLine({
    stores,
    telephony,
    lines,
    dialer,
    desks,
    actions,
    events,
    ids,
    clock,
    log,
    mix: hmacMixer(stores.codeKey),
    simulation,
    recordsTalks: config.recordTips,
  });
  const readFromSpool = (name: string): Promise<Uint8Array | undefined> =>
    readFile(join(recordingsFolder, basename(name))).catch(() => undefined);
  const recordings = new RecordingService({
    recordings: stores.recordings,
    speech,
    shelf,
    clock,
    readFile: readFromSpool,
  });
  const participants = createParticipants({ store: stores.participants, clock, codeOf: (id) => codes.of(id) });
  const callbacks = new CallbackService({
    stores,
    telephony,
    desks,
    lines,
    dialer,
    events,
    ids,
    clock,
    log,
    callerId,
    ringMs: config.ringSeconds * 1000,
    simulation,
  });
  const internal = new ColleagueCalls({ telephony, desks, ids, clock, log });
  const deskCalls = new ServiceCodes({
    telephony,
    desks,
    internal,
    offered: new ActionsByPhone({ stores, actions, speech, log }),
    spoken: new StartActionByPhone({ actions, participants, pins, recordings, speech, log }),
    files: {
      read: ({ name }) => readFromSpool(`${name}.wav`),
      remove: ({ name }) => rm(join(recordingsFolder, `${basename(name)}.wav`), { force: true }),
    },
    loudnessOf,
    ids,
    clock,
    log,
  });
  const healthParts = {
    stores,
    telephony,
    simulation,
    speech,
    lines,
    guard,
    softphoneTrouble: (): string => desk.blockedBy,
    dialer,
    freeDisk: async (): Promise<number> => {
      const disk = await statfs(folders.root);
      return disk.bavail * disk.bsize;
    },
  };

  telephony.onIncoming((incoming) => {
    inbound.take(incoming);
  });
  telephony.onDeskCall((call) => {
    deskCalls.take(call);
  });
  const transfers = new Transfers({ desks, internal, tips: inbound, log });
  telephony.onTransfer((centralist, request) => {
    transfers.take(centralist, request);
  });
  // The alarm is the dialer's, and is not to wait for the next call.
  stores.onTrouble(() => {
    dialer.pump();
  });
  telephony.onHealth(({ asterisk: link }) => {
    if (link === 'down') keeper?.look();
    dialer.pump();
  });
  const services: Services = {
    participants,
    postcodes: createPostcodes({ store: stores.postcodes }),
    actions,
    desk,
    callbacks,
    tips: new TipService({ stores, desks, inbound, queue, offlineRecordings: leftRecordings }),
    recordings,
    alarms: {
      get now() {
        return [...conditions.everywhere, ...guard.alarms];
      },
      onChange: (listener) => {
        const offs = [conditions.onChange(listener), guard.onGuessing(listener)];
        return () => {
          for (const off of offs) off();
        };
      },
    },
    readiness: () => readiness(healthParts),
    gauges: () => gauges(healthParts),
  };
  await telephony.open();
  await recover({ stores, telephony, simulation, dialer, runner, inbound, callbacks, deskCalls, ids, clock, log });
  log.info('calls go on', { asterisk: telephony.asteriskVersion });
  // Whoever is registered stays so: Asterisk has the accounts, unless it was started with us.
  await desk.provisionAll();
  await leftRecordings.start();
  closers.add(() => {
    leftRecordings.close();
  });
  // Loading what the API and the console need takes a fifth of a start: nobody's call is to wait for it.
  const { createHttpServer } = await import('./adapters/http/index.js');
  const server = createHttpServer({
    services,
    token,
    guard,
    log,
    clock,
    version: VERSION,
    publicUrl: config.publicUrl,
    srtp: config.sipTls?.srtp ?? false,
  });
  closers.add(() => server.close());
  const { port } = await server.listen(config.http.host, config.http.port);
  ready = true;
  const url = `http://${bracketed(config.http.host)}:${port}`;
  log.info('burgernet is ready', { url, asterisk: telephony.asteriskVersion, speech: speech.engine });

  const hurry = new AbortController();
  let stopping: Promise<void> | undefined;
  return {
    url,
    token,
    services,
    shelf,
    asterisk,
    stop: (limitMs = 0) => {
      if (limitMs <= 0) hurry.abort();
      return (stopping ??= (async () => {
        dialer.stop();
        await untilQuiet(
          () =>
            hurry.signal.aborted ||
            dialer.liveCalls + inbound.liveCalls + callbacks.liveCalls + deskCalls.liveCalls === 0,
          (listener) => {
            hurry.signal.addEventListener('abort', listener, { once: true });
            const offs = [events.on(listener), desks.onChange(listener)];
            return () => {
              for (const off of offs) off();
            };
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
  soundsFolder: string,
  log: Log,
): Promise<OwnAsterisk> {
  const setup = asteriskSetup(config, trunk, soundsFolder, log);
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

/** The server that softphones register with, and how. */
function whereToRegister({ sip, sipTls }: Config): CentralistServiceParts['sip'] {
  const { host, port } = sipTls ?? sip;
  return { server: `${reachableHost(host)}:${port}`, transport: sipTls ? 'tls' : 'udp' };
}

/** The fixed prompts; for an Asterisk in another container they are laid in the folder that it reads, this version's. */
async function soundsWhereAsteriskReads({ beside }: Config, shared: string): Promise<string> {
  const own = join(ROOT, 'sounds', 'nl');
  if (!beside) return own;
  const copy = join(shared, 'nl');
  await copyFolder(own, copy);
  return copy;
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
