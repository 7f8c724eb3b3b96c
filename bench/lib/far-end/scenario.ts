/**
 * How the answering network treats every call: it sends 180, rings for a short time, sends 200, and stays in
 * the call until the calling side hangs up. SIPp logs a line with the time of day to the microsecond at the
 * INVITE, the answer and the BYE (see sip-record.ts).
 */
export interface NetworkScenario {
  /**
   * The ten media ports are this number followed by the last digit of the called number: 4123 → 41230-41239.
   */
  readonly mediaDecade: number;
  /** Shortest and longest ring, ms. */
  readonly ring: { readonly least: number; readonly most: number };
}

const TAGS = '[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]far[call_number]\n[last_Call-ID:]\n[last_CSeq:]';
const CONTACT = 'Contact: <sip:far@[local_ip]:[local_port]>';
const NOW = '<gettimeofday assign_to="seconds,microseconds"/>';

const log = (event: string): string =>
  `<log message="${event} [call_number] [$number] [$port] [$seconds] [$microseconds]"/>`;
const send = (status: string, more: string, retransmit = ''): string =>
  `<send${retransmit}><![CDATA[\nSIP/2.0 ${status}\n${TAGS}\n${CONTACT}\n${more}\n]]></send>`;

/** The text of SIPp's scenario file. */
export function scenarioXml({ mediaDecade, ring }: NetworkScenario): string {
  const sdp = [
    'Content-Type: application/sdp',
    'Content-Length: [len]',
    '',
    'v=0',
    'o=far 1 1 IN IP4 [local_ip]',
    's=-',
    'c=IN IP4 [local_ip]',
    't=0 0',
    `m=audio ${mediaDecade}[$last] RTP/AVP 8 101`,
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
  ].join('\n');
  const empty = 'Content-Length: 0\n';
  return `<?xml version="1.0" encoding="UTF-8"?>
<scenario name="answering network">
<recv request="INVITE"><action>
${NOW}
<ereg regexp="sip:[+]?([0-9]*([0-9]))@" search_in="hdr" header="To:" assign_to="whole,number,last"/>
<ereg regexp="m=audio ([0-9]+) " search_in="msg" assign_to="line,port"/>
${log('I')}
</action></recv>
${send('180 Ringing', empty)}
<pause distribution="uniform" min="${ring.least}" max="${ring.most}"/>
<nop><action>
${NOW}
${log('A')}
</action></nop>
${send('200 OK', sdp, ' retrans="500"')}
<recv request="ACK"/>
<recv request="BYE"><action>
${NOW}
${log('B')}
</action></recv>
${send('200 OK', empty)}
<Reference variables="whole,line"/>
</scenario>
`;
}
