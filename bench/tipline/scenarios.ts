/**
 * The bodies of the SIPp scenarios for the tip line. Each event is a line in SIPp's log, with the time of
 * day.
 */

const NOW = '<gettimeofday assign_to="seconds,microseconds"/>';
const REFER = '<Reference variables="seconds,microseconds"/>';
const log = (event: string, number: string): string =>
  `<action>${NOW}<log message="${event} ${number} [$seconds] [$microseconds]"/></action>`;
const SDP = [
  'Content-Type: application/sdp',
  'Content-Length: [len]',
  '',
  'v=0',
  'o=bench 1 1 IN IP4 [local_ip]',
  's=-',
  'c=IN IP4 [local_ip]',
  't=0 0',
  'm=audio [media_port] RTP/AVP 8 101',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=ptime:20',
].join('\n');
const EMPTY = 'Content-Length: 0\n';
const send = (message: readonly string[], retransmit = true): string =>
  `<send${retransmit ? ' retrans="500"' : ''}><![CDATA[\n${message.join('\n')}\n]]></send>`;
const via = 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]';

/** [field0] is the caller's number. */
const request = (method: string, cseq: string, to: string, more: readonly string[]): string[] => [
  `${method} sip:08000011@[remote_ip]:[remote_port] SIP/2.0`,
  via,
  'From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]b[call_number]',
  `To: <sip:08000011@[remote_ip]:[remote_port]>${to}`,
  'Call-ID: [call_id]',
  `CSeq: ${cseq}`,
  'Contact: <sip:bench@[local_ip]:[local_port]>',
  'P-Asserted-Identity: <sip:[field0]@[local_ip]>',
  'Max-Forwards: 70',
  ...more,
];
const INVITE = send(request('INVITE', '1 INVITE', '', [SDP]));
const ACK = send(request('ACK', '1 ACK', '[peer_tag_param]', [EMPTY]), false);
const PROVISIONAL = ['100', '180', '183'].map((status) => `<recv response="${status}" optional="true"/>`).join('\n');

/**
 * A reached participant who calls, is answered, stays for a while, and hangs up. Logs `I number` at the
 * INVITE.
 */
export const caller = (stayMs: number): string => `
<nop>${log('I', '[field0]')}</nop>
${INVITE}
${PROVISIONAL}
<recv response="200"/>
${ACK}
<pause milliseconds="${stayMs}"/>
${send(request('BYE', '2 BYE', '[peer_tag_param]', [EMPTY]))}
<recv response="200" timeout="5000" ontimeout="9"/>
<label id="9"/>
${REFER}`;

/**
 * A stranger who calls and accepts any response. Logs `I`, and then `refused` (busy), `answered` (and listens
 * to the end), `failed` (another refusal) or `silent` (no answer within two seconds).
 */
export const STRANGER = `
<nop>${log('I', '[field0]')}</nop>
${INVITE}
<recv response="100" optional="true" timeout="2000" ontimeout="4"/>
<recv response="486" optional="true" next="1"/>
<recv response="503" optional="true" next="2"/>
<recv response="480" optional="true" next="2"/>
<recv response="200" timeout="2000" ontimeout="4"/>
${ACK}
<nop>${log('answered', '[field0]')}</nop>
<recv request="BYE" timeout="30000" ontimeout="9"/>
${send(['SIP/2.0 200 OK', '[last_Via:]', '[last_From:]', '[last_To:]', '[last_Call-ID:]', '[last_CSeq:]', EMPTY], false)}
<nop next="9"/>
<label id="1"/>
${ACK}
<nop next="9">${log('refused', '[field0]')}</nop>
<label id="2"/>
${ACK}
<nop next="9">${log('failed', '[field0]')}</nop>
<label id="4"/>
<nop>${log('silent', '[field0]')}</nop>
<label id="9"/>
${REFER}`;

const answer = (status: string, more: string, retransmit = false): string =>
  send(
    [
      `SIP/2.0 ${status}`,
      '[last_Via:]',
      '[last_From:]',
      '[last_To:];tag=[pid]s[call_number]',
      '[last_Call-ID:]',
      '[last_CSeq:]',
      'Contact: <sip:desk@[local_ip]:[local_port]>',
      more,
    ],
    retransmit,
  );

/** A softphone that answers at once. Logs `R number` when it rings, with the number that it shows. */
export const SOFTPHONE = `
<recv request="INVITE"><action>
${NOW}
<ereg regexp="sip:([0-9+]+)@" search_in="hdr" header="From:" assign_to="whole,number"/>
<log message="R [$number] [$seconds] [$microseconds]"/>
</action></recv>
${answer('180 Ringing', EMPTY)}
${answer('200 OK', SDP, true)}
<recv request="ACK"/>
<recv request="BYE" timeout="40000" ontimeout="9"/>
${send(['SIP/2.0 200 OK', '[last_Via:]', '[last_From:]', '[last_To:]', '[last_Call-ID:]', '[last_CSeq:]', EMPTY], false)}
<label id="9"/>
<Reference variables="whole"/>
${REFER}`;

const register = (cseq: number, authentication: string): string =>
  send([
    'REGISTER sip:[remote_ip]:[remote_port] SIP/2.0',
    via,
    'From: <sip:[field0]@[remote_ip]:[remote_port]>;tag=[pid]r[call_number]',
    'To: <sip:[field0]@[remote_ip]:[remote_port]>',
    'Call-ID: [call_id]',
    `CSeq: ${cseq} REGISTER`,
    'Contact: <sip:[field0]@[local_ip]:[local_port]>',
    'Expires: 3600',
    'Max-Forwards: 70',
    ...(authentication === '' ? [] : [authentication]),
    EMPTY,
  ]);

/** Registers the account [field0] with the password [field1]. */
export const REGISTER = `
${register(1, '')}
<recv response="100" optional="true"/>
<recv response="401" auth="true"/>
${register(2, '[authentication username=[field0] password=[field1]]')}
<recv response="100" optional="true"/>
<recv response="200"/>`;
