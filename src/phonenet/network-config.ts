import {
  placeValues,
  type AsteriskFolders,
  type AsteriskSecrets,
  type ProgramFolders,
} from '../adapters/asterisk/process/config-values.js';
import type { TemplateValues } from '../adapters/asterisk/process/config-files.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface ServiceAddress extends Address {
  /** Addresses or networks from which it calls; the host alone when left out. */
  readonly addresses?: readonly string[];
}

/** What the phone network is to be. */
export interface NetworkSetup {
  /** Where it listens for SIP. */
  readonly sip: Address;
  /** Where the service's Asterisk listens: calls come from that host, and go to that port. */
  readonly service: ServiceAddress;
  readonly rtp: { readonly from: number; readonly to: number };
  readonly ledger: string;
  readonly recordings: string;
}

/** Values for the templates in `asterisk/`. */
export function networkValues(
  setup: NetworkSetup,
  folders: AsteriskFolders,
  secrets: AsteriskSecrets,
  program: ProgramFolders,
): TemplateValues {
  return {
    ...placeValues(folders, secrets, program),
    rtpFrom: String(setup.rtp.from),
    rtpTo: String(setup.rtp.to),
    sipBind: `${setup.sip.host}:${setup.sip.port}`,
    serviceMatches: (setup.service.addresses ?? [setup.service.host]).map((from) => `match = ${from}`).join('\n'),
    serviceHostPort: `${setup.service.host}:${setup.service.port}`,
    ledger: setup.ledger,
    recordings: setup.recordings,
  };
}
