import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { foldersBeside, type AsteriskBesideOptions } from './adapters/asterisk/process/asterisk-beside.js';
import {
  OPTIONS_TIMEOUT_SECONDS,
  type AsteriskSetup,
  type OutsideAddress,
} from './adapters/asterisk/process/config-values.js';
import type { OptionsTiming } from './adapters/asterisk/sip/trunk.js';
import type { AsteriskBeside, Config, TrunkSettings } from './config.js';
import { bracketedHost, reachableHost } from './lib/reachable-host.js';
import type { Log } from './ports/log.js';
import { describeCertificate, ownTlsFiles } from './tls-files.js';

/** Interval of OPTIONS to the trunk: a dead trunk is noticed within 15 s. */
const OPTIONS_SECONDS = 10;

/** The timing of OPTIONS; undefined when OPTIONS are off, or when the administrator configured Asterisk. */
export function optionsTiming({ trunkOptions, ari }: Config): OptionsTiming | undefined {
  if (!trunkOptions || ari) return undefined;
  return { everyMs: OPTIONS_SECONDS * 1_000, timeoutMs: OPTIONS_TIMEOUT_SECONDS * 1_000 };
}

/**
 * The server that Asterisk registers with, and the SIP port that it uses; undefined without a registration.
 */
export function registrationOf(
  { sip, sipBind }: Config,
  trunk: TrunkSettings | undefined,
): { readonly server: string; readonly sipPort: number } | undefined {
  return trunk?.credentials && { server: `${bracketedHost(trunk.host)}:${trunk.port}`, sipPort: (sipBind ?? sip).port };
}

/**
 * The values of Asterisk's configuration, for an Asterisk of our own and for one in a container.
 * `namedPrompts`: the folder of the prompts that it plays by name.
 */
export function asteriskSetup(config: Config, trunk: TrunkSettings, namedPrompts: string, log: Log): AsteriskSetup {
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
    soundsFolder: namedPrompts,
    ...(config.beside ? { logTo: 'console' } : {}),
  };
}

export function besideOptions(config: Config, beside: AsteriskBeside): AsteriskBesideOptions {
  return { ...beside, passwordFile: join(config.dataDir, 'ari-password') };
}

/**
 * Asterisk's recordings folder: in the data folder, or in the folder shared with an Asterisk in a container.
 */
export function recordingsFolderOf({ beside, dataDir }: Pick<Config, 'beside' | 'dataDir'>): string {
  const spool = beside ? foldersBeside(beside.folder).spool : join(dataDir, 'asterisk', 'spool');
  return join(spool, 'recording');
}

/** Asterisk's address as seen from outside; undefined when Asterisk binds to that address itself. */
export function outsideOf({
  sip,
  sipBind,
  sipTls,
  externalAddress,
  localNetworks,
}: Config): OutsideAddress | undefined {
  const address = externalAddress ?? (sipBind ? sip.host : undefined);
  if (address === undefined || ['0.0.0.0', '::'].includes(address)) return undefined;
  return {
    address,
    sipPort: sip.port,
    ...(sipTls ? { tlsPort: sipTls.port } : {}),
    localNetworks: localNetworks ?? ownNetworks(),
  };
}

/** The networks of this machine or container. Telephones in one of them reach Asterisk directly. */
export function ownNetworks(): readonly string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return [...new Set(addresses.flatMap(({ cidr, internal }) => (internal || cidr === null ? [] : [cidr])))];
}

/** Ports on which Asterisk receives SIP. */
export function sipPortsOf({ sip, sipBind, sipTls }: Config): readonly number[] {
  const tls = sipTls && (sipBind ? sipBind.port + 1 : sipTls.port);
  return [(sipBind ?? sip).port, ...(tls === undefined ? [] : [tls])];
}

/**
 * TLS for softphones, if enabled. When the settings name no certificate, a self-signed one is used, and
 * logged when it is new.
 */
function tlsSetup({ sipTls, sipBind, dataDir }: Config, log: Log): Pick<AsteriskSetup, 'tls'> {
  if (!sipTls) return {};
  const own = sipTls.files ? undefined : ownTlsFiles(dataDir, reachableHost(sipTls.host), Date.now());
  const files = sipTls.files ?? own;
  if (!files) return {};
  const { fingerprint, validTo } = describeCertificate(files.certificate);
  if (own?.made) {
    const message = 'a certificate for softphones was created: make every softphone trust it, or configure another';
    log.warn(message, { file: files.certificate, fingerprint, validTo });
  }
  // Inside a container, TLS uses the port after the SIP port. The published port is forwarded to it.
  const { host, port } = sipBind ? { host: sipBind.host, port: sipBind.port + 1 } : sipTls;
  return { tls: { host, port, certificate: files.certificate, key: files.key, fingerprint } };
}
