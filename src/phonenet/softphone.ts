import { setTimeout as pause } from 'node:timers/promises';
import type { NetworkControl } from './network-control.js';
import type { PhoneCall } from './ledger.js';
import type { LiveCall } from './live-call.js';
import type { Step } from './town/scripts.js';

/** The account that `POST /centralists` returns. */
export interface SoftphoneAccount {
  readonly username: string;
  readonly password: string;
  /** `host:port`. */
  readonly server: string;
}

/** The behaviour of a centralist when the softphone rings. */
export type DeskBehaviour =
  | {
      readonly type: 'answers';
      /** ms of ringing; default 500. */
      readonly afterMs?: number;
      /** The sound that the centralist speaks: a path without extension. */
      readonly says?: string;
      /** The steps after that, such as pressing keys; default: listen. */
      readonly script?: readonly Step[];
      /** ms from the answer; default: until the other side hangs up. */
      readonly hangUpAfterMs?: number;
    }
  | { readonly type: 'busy' }
  | { readonly type: 'declines'; readonly afterMs?: number }
  | { readonly type: 'no_answer' };

export interface Softphone {
  readonly username: string;
  /** Changes the behaviour from the next call on. */
  behave(behaviour: DeskBehaviour): Promise<void>;
  /** The calls that rang it. */
  calls(): Promise<readonly PhoneCall[]>;
  /** Dials, and runs the script after the answer; default: listen. */
  dial(number: string, script?: readonly Step[]): Promise<LiveCall>;
  /** Unregisters. */
  close(): Promise<void>;
}

export function deskSteps(behaviour: DeskBehaviour): readonly Step[] {
  switch (behaviour.type) {
    case 'answers': {
      const { afterMs = 500, says, script = [], hangUpAfterMs } = behaviour;
      return [
        { do: 'ring' },
        { do: 'wait', ms: afterMs },
        { do: 'answer' },
        ...(hangUpAfterMs === undefined ? [] : [{ do: 'limit', ms: hangUpAfterMs } as const]),
        ...(says === undefined ? [] : [{ do: 'play', sound: says } as const]),
        ...script,
        { do: 'listen' },
      ];
    }
    case 'busy':
      return [{ do: 'refuse', status: 486 }];
    case 'declines':
      return [{ do: 'ring' }, { do: 'wait', ms: behaviour.afterMs ?? 500 }, { do: 'refuse', status: 603 }];
    case 'no_answer':
      return [{ do: 'ring' }, { do: 'listen' }];
  }
}

const REGISTER_MS = 8_000;
const LOOK_MS = 100;

/**
 * Registers the extension with the service's Asterisk under the account. Throws when that fails within
 * REGISTER_MS.
 */
export async function register(
  control: NetworkControl,
  extension: string,
  { username, password, server }: SoftphoneAccount,
): Promise<{ end(): Promise<void> }> {
  await put(control, 'res_pjsip/auth', extension, { auth_type: 'userpass', username, password });
  // This softphone's calls leave by an endpoint of their own, which sends the password when it is challenged.
  await put(control, 'res_pjsip/aor', extension, { contact: `sip:${server}`, qualify_frequency: '0' });
  await put(control, 'res_pjsip/endpoint', extension, {
    context: 'nowhere',
    transport: 'transport-udp',
    aors: extension,
    outbound_auth: extension,
    from_user: username,
    identify_by: 'auth_username',
    disallow: 'all',
    allow: 'alaw',
    direct_media: 'no',
    rtp_symmetric: 'yes',
    dtmf_mode: 'rfc4733',
    timers: 'no',
  });
  await put(control, 'res_pjsip/registration', extension, {
    transport: 'transport-udp',
    outbound_auth: extension,
    server_uri: `sip:${server}`,
    client_uri: `sip:${username}@${server}`,
    contact_user: extension,
    expiration: '120',
    // By default Asterisk waits up to 10 s, to spread many registrations over time.
    max_random_initial_delay: '0',
    retry_interval: '2',
    forbidden_retry_interval: '5',
    auth_rejection_permanent: 'no',
    max_retries: '1000000',
  });
  const path = `asterisk/config/dynamic/res_pjsip/registration/${extension}`;
  for (const deadline = performance.now() + REGISTER_MS; ; await pause(LOOK_MS)) {
    const said = await control.console(`pjsip show registration ${extension}`);
    if (/\bRegistered\b/.test(said)) break;
    if (performance.now() < deadline) continue;
    await control.request('DELETE', path);
    throw new Error(`the softphone ${username} could not register with ${server} within ${REGISTER_MS} ms`);
  }
  return {
    end: async () => {
      await control.request('DELETE', path);
    },
  };
}

function put(
  control: NetworkControl,
  kind: string,
  id: string,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  return control.request('PUT', `asterisk/config/dynamic/${kind}/${id}`, {
    fields: Object.entries(fields).map(([attribute, value]) => ({ attribute, value })),
  });
}
