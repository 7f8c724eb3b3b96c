import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { foldersBeside, type AsteriskBesideOptions } from './adapters/asterisk/process/asterisk-beside.js';
import {
  OPTIONS_TIMEOUT_SECONDS,
  type AsteriskSetup,
  type Outside,
} from './adapters/asterisk/process/config-values.js';
import type { OptionsTiming } from './adapters/asterisk/sip/trunk-watch.js';
import type { AsteriskBeside, Config, TrunkSettings } from './config.js';
import { bracketed, reachableHost } from './lib/reachable-host.js';
import type { Log } from './ports/log.js';
import { describeCertificate, ownTlsFiles } from './tls-files.js';

/** The trunk is asked this often: a dead one shows within a quarter of a minute. */
const OPTIONS_SECONDS = 10;

/** How Asterisk asks the trunk; undefined when it does not, or when we do not write its configuration. */
export function optionsTiming({ trunkOptions, ari }: Config): OptionsTiming | undefined {
  if (!trunkOptions || ari) return undefined;
  return { everyMs: OPTIONS_SECONDS * 1_000, timeoutMs: OPTIONS_TIMEOUT_SECONDS * 1_000 };
}

/** Where our Asterisk registers; undefined when it does not. */
export function registrationOf(
  { sip, sipBind }: Config,
  trunk: TrunkSettings | undefined,
): { readonly server: string; readonly sipPort: number } | undefined {
  return trunk?.credentials && { server: `${bracketed(trunk.host)}:${trunk.port}`, sipPort: (sipBind ?? sip).port };
}

/** From the settings: what our Asterisk is to be, whether we start it or it runs in a container of its own. */
export function asteriskSetup(config: Config, trunk: TrunkSettings, soundsFolder: string, log: Log): AsteriskSetup {
  const outside = outsideOf(config);
  return {
    sip: config.sipBind ?? config.sip,
    ...(outside ? { outside } : {}),
    ...tlsSetup(config, log),
    rtp: config.rtp,
    trunk: {
      host: trunk.host,
      port: trunk.port,
      ...(trunk.credentials ? { user: trunk.credentials.username, password: trunk.credentials.password } : {}),
      ...(config.trunkOptions ? { optionsSeconds: OPTIONS_SECONDS } : {}),
    },
    lines: config.lines,
    tipLines: config.tipLines,
    tipLine: config.tipLine.digits,
    soundsFolder,
    ...(config.beside ? { logTo: 'console' } : {}),
  };
}

export function besideOptions(config: Config, beside: AsteriskBeside): AsteriskBesideOptions {
  return { ...beside, memory: join(config.dataDir, 'ari-password') };
}

/** Where Asterisk keeps what it records: below our data folder, or in its own when it runs beside us. */
export function recordingsFolderOf({ beside, dataDir }: Pick<Config, 'beside' | 'dataDir'>): string {
  const spool = beside ? foldersBeside(beside.folder).spool : join(dataDir, 'asterisk', 'spool');
  return join(spool, 'recording');
}

/** How others reach Asterisk when it binds elsewhere than they are told; undefined when it is reached where it binds. */
export function outsideOf({ sip, sipBind, sipTls, externalAddress, localNetworks }: Config): Outside | undefined {
  const address = externalAddress ?? (sipBind ? sip.host : undefined);
  if (address === undefined || ['0.0.0.0', '::'].includes(address)) return undefined;
  return {
    address,
    sipPort: sip.port,
    ...(sipTls ? { tlsPort: sipTls.port } : {}),
    localNetworks: localNetworks ?? ownNetworks(),
  };
}

/** The networks that this machine, or container, is in: who is in one of them needs no way around. */
export function ownNetworks(): readonly string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return [...new Set(addresses.flatMap(({ cidr, internal }) => (internal || cidr === null ? [] : [cidr])))];
}

/** TLS for softphones, where it is on; without a certificate of the operator's with one of our own, which is told. */
/** Ports on which our Asterisk takes SIP. */
export function sipPortsOf({ sip, sipBind, sipTls }: Config): readonly number[] {
  const tls = sipTls && (sipBind ? sipBind.port + 1 : sipTls.port);
  return [(sipBind ?? sip).port, ...(tls === undefined ? [] : [tls])];
}

function tlsSetup({ sipTls, sipBind, dataDir }: Config, log: Log): Pick<AsteriskSetup, 'tls'> {
  if (!sipTls) return {};
  const own = sipTls.files ? undefined : ownTlsFiles(dataDir, reachableHost(sipTls.host), Date.now());
  const files = sipTls.files ?? own;
  if (!files) return {};
  const { fingerprint, validTo } = describeCertificate(files.certificate);
  if (own?.made) {
    const say = 'a certificate was made for softphones: tell each to trust it, or give us one that they know';
    log.warn(say, { file: files.certificate, fingerprint, validTo });
  }
  // Inside a container the port is the one after that of SIP; what is published leads to it.
  const { host, port } = sipBind ? { host: sipBind.host, port: sipBind.port + 1 } : sipTls;
  return { tls: { host, port, certificate: files.certificate, key: files.key, fingerprint } };
}
