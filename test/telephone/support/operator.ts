/**
 * Scenarios for a SIPp that plays an operator. The called number decides how SIPp answers an INVITE. Each
 * scenario of a subscriber begins when the INVITE has arrived.
 */

/** The scenario of each subscriber, by the digits at the end of the number. */
export type Subscribers = ReadonlyMap<string, string>;

/**
 * One scenario for all subscribers; any other number is answered with 404. The variables hold the fields that
 * later messages must repeat. OPTIONS are answered, because an operator that does not answer them counts as a
 * dead trunk.
 */
export function operator(subscribers: Subscribers): string {
  const numbers = [...subscribers.keys()];
  return `<recv request="OPTIONS" optional="true" next="options"/>
<recv request="INVITE"><action>
<ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="cseq"/>
<ereg regexp="sip:[^&gt;]+" search_in="hdr" header="Contact:" assign_to="contact"/>
<ereg regexp="tag=([^;]+)" search_in="hdr" header="From:" assign_to="all,tag"/>
${numbers.map((number) => `<ereg regexp="${number}@" search_in="hdr" header="To:" assign_to="is${number}"/>`).join('\n')}
</action></recv>
<Reference variables="all,tag,cseq,contact"/>
${numbers.map((number) => `<nop next="to${number}" test="is${number}"/>`).join('\n')}
${refuses('404 Not Found')}
<nop next="end"/>
${[...subscribers].map(([number, scenario]) => `<label id="to${number}"/>\n${scenario}\n<nop next="end"/>`).join('\n')}
<label id="options"/>
${sends('200 OK')}
<label id="end"/>
`;
}

const SDP = `v=0
o=user1 53655765 2353687637 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
`;

const ofLast = (status: string): string => `SIP/2.0 ${status}
[last_Via:]
[last_From:]
[last_To:];tag=[pid]SIPpTag01[call_number]
[last_Call-ID:]`;
const CONTACT = 'Contact: <sip:[local_ip]:[local_port];transport=[transport]>';
const NO_BODY = 'Content-Length: 0\n';
const WITH_SDP = `Content-Type: application/sdp\nContent-Length: [len]\n\n${SDP}`;
const cdata = (...lines: readonly string[]): string => `<![CDATA[\n${lines.join('\n')}\n]]>`;

/** A provisional response, or the answer to the last request. */
export const sends = (status: string): string =>
  `<send>${cdata(ofLast(status), '[last_CSeq:]', CONTACT, NO_BODY)}</send>`;

const sendsSdp = (status: string): string => `<send>${cdata(ofLast(status), '[last_CSeq:]', CONTACT, WITH_SDP)}</send>`;

/** Refuses with a final status, after 100 Trying and `before`. */
export function refuses(status: string, options: { before?: string; header?: string } = {}): string {
  const { before = '', header } = options;
  const headers = [header ?? CONTACT, NO_BODY];
  return `${sends('100 Trying')}
${before}
<send retrans="500">${cdata(ofLast(status), '[last_CSeq:]', ...headers)}</send>
<recv request="ACK"/>`;
}

/** Plays the file as a voice, over and over, from now on. */
const speaks = (sound: string): string => `<nop><action><exec rtp_stream="${sound},-1,8,PCMA/8000"/></action></nop>`;
const FALLS_SILENT = '<nop><action><exec rtp_stream="pause"/></action></nop>';
const pause = (ms: number): string => `<pause milliseconds="${ms}"/>`;

/** Rings until the call is cancelled. */
export const rings = (): string => `${sends('180 Ringing')}\n${IS_CANCELLED}`;

/** Plays an announcement in early media until the call is cancelled. */
export const announces = (sound: string): string => `${earlyMedia(sound)}\n${IS_CANCELLED}`;

/** Sends 183 with a voice. */
export const earlyMedia = (sound: string): string =>
  `${sendsSdp('183 Session Progress')}\n${speaks(sound)}\n${pause(500)}`;

const terminated = `<send retrans="500">${cdata(ofLast('487 Request Terminated'), 'CSeq: [$cseq] INVITE', NO_BODY)}</send>
<recv request="ACK"/>`;
const IS_CANCELLED = `<recv request="CANCEL"/>\n${sends('200 OK')}\n${terminated}`;

/** Rings until the call is cancelled, and answers in that very instant: RFC 3261 9.1 allows the race. */
export const answersTheCancel = (): string => `${sends('180 Ringing')}
<recv request="CANCEL"/>
${sends('200 OK')}
<send retrans="500">${cdata(ofLast('200 OK'), 'CSeq: [$cseq] INVITE', CONTACT, WITH_SDP)}</send>
<recv request="ACK"/>
<recv request="BYE"/>
${sends('200 OK')}`;

/** Sends no answer at all, not even 100 Trying. */
export const ignores = (): string => pause(30_000);

const answers = (sound: string): string => `${sends('180 Ringing')}
<send retrans="500">${cdata(ofLast('200 OK'), '[last_CSeq:]', CONTACT, WITH_SDP)}</send>
<recv request="ACK"/>
${speaks(sound)}`;

/** Presses a key by SIP INFO, in the dialog of the call. */
const PRESSES_1 = `<send retrans="500">${cdata(
  'INFO [$contact] SIP/2.0',
  'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
  'From: <sip:citizen@[local_ip]>;tag=[pid]SIPpTag01[call_number]',
  'To: <[$contact]>;tag=[$tag]',
  '[last_Call-ID:]',
  'CSeq: 7 INFO',
  CONTACT,
  'Content-Type: application/dtmf-relay',
  'Content-Length: [len]',
  '',
  'Signal=1',
  'Duration=160',
)}</send>
<recv response="200"/>`;

/** Answers and sends BYE at once, as when a telephone is picked up by mistake. */
export const answersAndHangsUp = (): string => `${sends('180 Ringing')}
<send retrans="500">${cdata(ofLast('200 OK'), '[last_CSeq:]', CONTACT, WITH_SDP)}</send>
<recv request="ACK"/>
<send retrans="500">${cdata(
  'BYE [$contact] SIP/2.0',
  'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
  'From: <sip:citizen@[local_ip]>;tag=[pid]SIPpTag01[call_number]',
  'To: <[$contact]>;tag=[$tag]',
  '[last_Call-ID:]',
  'CSeq: 7 BYE',
  NO_BODY,
)}</send>
<recv response="200"/>`;

/** Answers and speaks, then vanishes: no more media, no BYE, and no answer to our BYE. */
export const vanishes = (sound: string, afterMs: number): string => `${answers(sound)}
${pause(afterMs)}
${FALLS_SILENT}
<recv request="BYE"/>`;

/** Answers, speaks, and presses a key at once; the media stop during the message. */
export const fallsSilentInTheMessage = (sound: string, afterMs: number): string => `${answers(sound)}
${pause(500)}
${PRESSES_1}
${pause(afterMs)}
${FALLS_SILENT}
<recv request="BYE"/>
${sends('200 OK')}`;

/** The methods of the requests for a number, in order, without retransmissions. */
export function requestsTo(messages: string, number: string): string[] {
  const seen = new Map<string, string>();
  for (const [, text = ''] of messages.matchAll(/ message received .*\n\s*\n([A-Z][\s\S]*?)(?=\n-{10}|$)/g)) {
    const [method] = text.split(' ', 1);
    const to = /^To:.*$/m.exec(text)?.[0] ?? '';
    const cseq = /^CSeq:.*$/m.exec(text)?.[0] ?? '';
    if (method === undefined || method.startsWith('SIP/') || !to.includes(`${number}@`)) continue;
    seen.set(`${/^Call-ID:.*$/m.exec(text)?.[0] ?? ''} ${cseq.trim()}`, method);
  }
  return [...seen.values()];
}
