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
  /** Addresses or networks from which the service calls; default: only its host. */
  readonly addresses?: readonly string[];
}

/** The settings of the phone network. */
export interface NetworkSetup {
  /** The address on which the phone network listens for SIP. */
  readonly sip: Address;
  /** The address of the service's Asterisk: calls come from that host and go to that port. */
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
