/**
 * Scenarios for a SIPp that plays an operator: what becomes of an INVITE depends on the number. Each scenario begins when
 * the INVITE has come in.
 */

/** Digits at the end of the number, and what SIPp does when it is called. */
export type Subscribers = ReadonlyMap<string, string>;

/** All subscribers in one scenario; who is none of them gets 404. Its variables hold what a later message must repeat. */
export function operator(subscribers: Subscribers): string {
  const numbers = [...subscribers.keys()];
  return `<recv request="INVITE"><action>
<ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="cseq"/>
<ereg regexp="sip:[^&gt;]+" search_in="hdr" header="Contact:" assign_to="contact"/>
<ereg regexp="tag=([^;]+)" search_in="hdr" header="From:" assign_to="all,tag"/>
${numbers.map((number) => `<ereg regexp="${number}@" search_in="hdr" header="To:" assign_to="is${number}"/>`).join('\n')}
</action></recv>
<Reference variables="all,tag,cseq,contact"/>
${numbers.map((number) => `<nop next="to${number}" test="is${number}"/>`).join('\n')}
${refuses('404 Not Found')}
<nop next="end"/>
${[...subscribers].map(([number, does]) => `<label id="to${number}"/>\n${does}\n<nop next="end"/>`).join('\n')}
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

/** A provisional response, or the answer to the request that came last. */
export const sends = (status: string): string =>
  `<send>${cdata(ofLast(status), '[last_CSeq:]', CONTACT, NO_BODY)}</send>`;

const sendsSdp = (status: string): string => `<send>${cdata(ofLast(status), '[last_CSeq:]', CONTACT, WITH_SDP)}</send>`;

/** Refuses with a final status, after 100 and what comes before it. */
export function refuses(status: string, options: { before?: string; header?: string } = {}): string {
  const { before = '', header } = options;
  const headers = [header ?? CONTACT, NO_BODY];
  return `${sends('100 Trying')}
${before}
<send retrans="500">${cdata(ofLast(status), '[last_CSeq:]', ...headers)}</send>
<recv request="ACK"/>`;
}

/** A voice from now on: the file, over and over. */
const speaks = (sound: string): string => `<nop><action><exec rtp_stream="${sound},-1,8,PCMA/8000"/></action></nop>`;
const FALLS_SILENT = '<nop><action><exec rtp_stream="pause"/></action></nop>';
const pause = (ms: number): string => `<pause milliseconds="${ms}"/>`;

/** Rings until it is cancelled. */
export const rings = (): string => `${sends('180 Ringing')}\n${IS_CANCELLED}`;

/** Plays an announcement before any answer, until it is cancelled. */
export const announces = (sound: string): string => `${earlyMedia(sound)}\n${IS_CANCELLED}`;

/** 183 with a voice. */
export const earlyMedia = (sound: string): string =>
  `${sendsSdp('183 Session Progress')}\n${speaks(sound)}\n${pause(500)}`;

const terminated = `<send retrans="500">${cdata(ofLast('487 Request Terminated'), 'CSeq: [$cseq] INVITE', NO_BODY)}</send>
<recv request="ACK"/>`;
const IS_CANCELLED = `<recv request="CANCEL"/>\n${sends('200 OK')}\n${terminated}`;

/** Rings until it is cancelled, and answers all the same in that instant: RFC 3261 9.1 allows the race. */
export const answersTheCancel = (): string => `${sends('180 Ringing')}
<recv request="CANCEL"/>
${sends('200 OK')}
<send retrans="500">${cdata(ofLast('200 OK'), 'CSeq: [$cseq] INVITE', CONTACT, WITH_SDP)}</send>
<recv request="ACK"/>
<recv request="BYE"/>
${sends('200 OK')}`;

/** Nothing at all, not even 100. */
export const ignores = (): string => pause(30_000);

const answers = (sound: string): string => `${sends('180 Ringing')}
<send retrans="500">${cdata(ofLast('200 OK'), '[last_CSeq:]', CONTACT, WITH_SDP)}</send>
<recv request="ACK"/>
${speaks(sound)}`;

/** A key by SIP INFO, in the dialog of the call. */
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

/** A BYE as soon as it was answered: a telephone that was picked up by mistake. */
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

/** Answers and speaks, and is gone: no voice, no BYE, no answer to ours. */
export const vanishes = (sound: string, afterMs: number): string => `${answers(sound)}
${pause(afterMs)}
${FALLS_SILENT}
<recv request="BYE"/>`;

/** Answers, speaks, presses a key at once; the voice stops in the message. */
export const fallsSilentInTheMessage = (sound: string, afterMs: number): string => `${answers(sound)}
${pause(500)}
${PRESSES_1}
${pause(afterMs)}
${FALLS_SILENT}
<recv request="BYE"/>
${sends('200 OK')}`;

/** The requests that came in for a number, in order, each once however often it was repeated. */
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
