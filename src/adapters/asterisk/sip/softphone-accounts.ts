import type { DeskAccount } from '../../../ports/telephony.js';
import type { AriControl } from '../ari/ari-control.js';
import { callerId } from './shown-name.js';

/** A centralist can be registered with one softphone at a time. A new registration replaces the old one. */
const MAX_CONTACTS = '1';

/**
 * Creates the SIP account of a centralist in the memory of Asterisk. The softphone can register at once,
 * without a reload or restart. The endpoint refers to the auth and the aor, so it is created last and is
 * never incomplete.
 */
export async function createAccount(
  control: AriControl,
  account: DeskAccount,
  { srtp }: { readonly srtp: boolean },
): Promise<void> {
  const { username, password, displayName, refused = [] } = account;
  await control.putObject('auth', username, { auth_type: 'userpass', username, password });
  await control.putObject('aor', username, {
    max_contacts: MAX_CONTACTS,
    remove_existing: 'yes',
    // Seconds. A softphone that disappears is noticed after this time plus the 3 s that its answer may take.
    // After a restart of Asterisk each softphone is first asked at a random moment within
    // max_initial_qualify_time (pjsip.conf), and counts as away until then.
    qualify_frequency: '5',
    minimum_expiration: '30',
    default_expiration: '60',
    // Registrations expire by the wall clock. A clock that is put forward ends all of them, and each
    // softphone is away until it registers again. So a registration is short.
    maximum_expiration: '60',
  });
  // Asterisk applies the fields to a copy of the existing object, and a copied list of refused addresses
  // refuses every address forever. So an endpoint with such a list is deleted first.
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
    // The encryption keys are in the SDP (RFC 4568), which TLS protects. Unencrypted audio is refused.
    media_encryption: srtp ? 'sdes' : 'no',
    identify_by: 'username,auth_username',
    callerid: callerId({ name: displayName, number: username }),
    send_pai: 'yes',
    trust_id_outbound: 'yes',
    // The softphone shows the caller ID with which it rang. An update could collide with a hold.
    send_connected_line: 'no',
    trust_connected_line: 'no',
    // A silent centralist whose softphone suppresses silence sends no packets, so missing packets end no
    // call. OPTIONS (the aor above, gone-softphone.ts) and the session timer, if the softphone has one, show
    // that a softphone is gone.
    rtp_timeout: '0',
    rtp_timeout_hold: '0',
    timers: 'yes',
    // The controller carries out transfers (PJSIP_TRANSFER_HANDLING). Asterisk would transfer into the
    // context from-desk, where nothing dials out.
    allow_transfer: 'yes',
    allow_subscribe: 'no',
    ...(refused.length === 0 ? {} : { deny: refused.map(hostNetwork).join(',') }),
  });
}

/** Deletes the account, the endpoint first, because without it Asterisk accepts nothing under this name. */
export async function deleteAccount(control: AriControl, username: string): Promise<void> {
  for (const type of ['endpoint', 'auth', 'aor'] as const) await control.deleteObject(type, username);
}

const hostNetwork = (address: string): string => `${address}/${address.includes(':') ? 128 : 32}`;
