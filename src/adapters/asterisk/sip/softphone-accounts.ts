import type { DeskAccount } from '../../../ports/telephony.js';
import type { AriControl } from '../ari/ari-control.js';
import { callerId } from './shown-name.js';

/** A centralist may be registered with this many softphones; the newest takes over. */
const MAX_CONTACTS = '1';

/**
 * Makes a centralist's SIP account in Asterisk's memory: it can register at once, without a reload or restart. The auth
 * and aor come first, the endpoint that names them last, so that it is never seen half made.
 */
export async function provisionDesk(
  control: AriControl,
  account: DeskAccount,
  { srtp }: { readonly srtp: boolean },
): Promise<void> {
  const { username, password, displayName, refused = [] } = account;
  await control.putObject('auth', username, { auth_type: 'userpass', username, password });
  await control.putObject('aor', username, {
    max_contacts: MAX_CONTACTS,
    remove_existing: 'yes',
    // Seconds. A softphone that is gone without a word is told of after this and the 3 s that its answer may take; one that
    // registered before Asterisk was started anew is asked for at a random moment within it, and is away until then.
    qualify_frequency: '5',
    minimum_expiration: '30',
    default_expiration: '60',
    // Registrations expire by the wall clock: one that is put forward ends them all, and each softphone is away until it
    // registers anew. So none may last longer.
    maximum_expiration: '60',
  });
  // Asterisk applies the fields to a copy of what is there, and a copy of addresses to refuse refuses everybody for ever.
  if (await control.hasField('endpoint', username, 'acl')) await control.deleteObject('endpoint', username);
  await control.putObject('endpoint', username, {
    context: 'from-desk',
    auth: username,
    aors: username,
    disallow: 'all',
    allow: 'alaw,ulaw,g722',
    direct_media: 'no',
    rtp_symmetric: 'yes',
    force_rport: 'yes',
    rewrite_contact: 'yes',
    dtmf_mode: 'auto',
    // The keys travel in the SDP (RFC 4568), which TLS keeps from others. Sound that is not encrypted is refused.
    media_encryption: srtp ? 'sdes' : 'no',
    identify_by: 'username,auth_username',
    callerid: callerId({ name: displayName, number: username }),
    send_pai: 'yes',
    trust_id_outbound: 'yes',
    // What it shows is what it rang with; telling it anew takes an INVITE, which collides with a hold at that moment.
    send_connected_line: 'no',
    trust_connected_line: 'no',
    // A centralist who listens with silence suppression sends no packets. A softphone that is gone shows by OPTIONS (the
    // aor above, gone-softphone.ts) and by the session timer, where it has one.
    rtp_timeout: '0',
    rtp_timeout_hold: '0',
    timers: 'yes',
    // Carried out by us (PJSIP_TRANSFER_HANDLING); Asterisk's own would lead into from-desk, where nothing dials out.
    allow_transfer: 'yes',
    allow_subscribe: 'no',
    ...(refused.length === 0 ? {} : { deny: refused.map(hostNetwork).join(',') }),
  });
}

/** Takes the account away, the endpoint first: from then on nobody is anybody under this name. */
export async function removeDesk(control: AriControl, username: string): Promise<void> {
  for (const type of ['endpoint', 'auth', 'aor'] as const) await control.deleteObject(type, username);
}

const hostNetwork = (address: string): string => `${address}/${address.includes(':') ? 128 : 32}`;
