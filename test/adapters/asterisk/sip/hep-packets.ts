import { SipCopy } from '../../../../src/adapters/asterisk/sip/sip-copy.js';

/** SIP Call-ID of a refused call, of which Asterisk 22.10.1 sent these packets (res_hep, res_hep_pjsip). */
export const REFUSED_CALL_ID = '109f52d1-e9f5-4e4d-b4ea-a6c7c5b34b02';

const bytes = (base64: string): Buffer => Buffer.from(base64.replace(/\s/g, ''), 'base64');

/** Incoming: `SIP/2.0 100 Trying`. */
export const TRYING = bytes(`
SEVQMwIHAAAAAQAHAgAAAAIABxEAAAAHAAhOAAAAAAgACEU4AAAACQAKawTzIAAAAAoACgAOAfAAAAALAAcBAAAADAAKAAAAAQAAAAMACn8AAAEAAAAE
AAp/AAABAAAAEQAqMTA5ZjUyZDEtZTlmNS00ZTRkLWI0ZWEtYTZjN2M1YjM0YjAyAAAADwGAU0lQLzIuMCAxMDAgVHJ5aW5nDQpWaWE6IFNJUC8yLjAv
VURQIDEyNy4wLjAuMToxNzcyMDtycG9ydDticmFuY2g9ejloRzRiS1BqM2UyNWJiY2UtMWVkMC00NzcwLTkxOGItNDY2YTY3MGZiM2Y2DQpGcm9tOiAi
QiIgPHNpcDowODAwMDAxMUAxMjcuMC4wLjE+O3RhZz05ZTgxNTUyZC01ZTk4LTQ3OWMtYmIzYy0wZmY4NWJkZjQ2ZTQNClRvOiA8c2lwOiszMTYxMjM0
NTcwMEAxMjcuMC4wLjE+O3RhZz0xNjk5M1NJUHBUYWcwMTENCkNhbGwtSUQ6IDEwOWY1MmQxLWU5ZjUtNGU0ZC1iNGVhLWE2YzdjNWIzNGIwMg0KQ1Nl
cTogMjQ3MzMgSU5WSVRFDQpDb250YWN0OiA8c2lwOjEyNy4wLjAuMToxOTk2ODt0cmFuc3BvcnQ9VURQPg0KQ29udGVudC1MZW5ndGg6IDANCg0K`);

/** Incoming: `SIP/2.0 503 Service Unavailable` with `Retry-After: 1 (busy)`. */
export const REFUSED = bytes(`
SEVQMwIrAAAAAQAHAgAAAAIABxEAAAAHAAhOAAAAAAgACEU4AAAACQAKawTzIAAAAAoACgAOBdgAAAALAAcBAAAADAAKAAAAAQAAAAMACn8AAAEAAAAE
AAp/AAABAAAAEQAqMTA5ZjUyZDEtZTlmNS00ZTRkLWI0ZWEtYTZjN2M1YjM0YjAyAAAADwGkU0lQLzIuMCA1MDMgU2VydmljZSBVbmF2YWlsYWJsZQ0K
VmlhOiBTSVAvMi4wL1VEUCAxMjcuMC4wLjE6MTc3MjA7cnBvcnQ7YnJhbmNoPXo5aEc0YktQajNlMjViYmNlLTFlZDAtNDc3MC05MThiLTQ2NmE2NzBm
YjNmNg0KRnJvbTogIkIiIDxzaXA6MDgwMDAwMTFAMTI3LjAuMC4xPjt0YWc9OWU4MTU1MmQtNWU5OC00NzljLWJiM2MtMGZmODViZGY0NmU0DQpUbzog
PHNpcDorMzE2MTIzNDU3MDBAMTI3LjAuMC4xPjt0YWc9MTY5OTNTSVBwVGFnMDExDQpDYWxsLUlEOiAxMDlmNTJkMS1lOWY1LTRlNGQtYjRlYS1hNmM3
YzViMzRiMDINCkNTZXE6IDI0NzMzIElOVklURQ0KQ29udGFjdDogPHNpcDoxMjcuMC4wLjE6MTk5Njg7dHJhbnNwb3J0PVVEUD4NClJldHJ5LUFmdGVy
OiAxIChidXN5KQ0KQ29udGVudC1MZW5ndGg6IDANCg0K`);

/** Outgoing: the `ACK` to the 503. */
export const ACK = bytes(`
SEVQMwIaAAAAAQAHAgAAAAIABxEAAAAHAAhFOAAAAAgACE4AAAAACQAKawTzIAAAAAoACgAOCjEAAAALAAcBAAAADAAKAAAAAQAAAAMACn8AAAEAAAAE
AAp/AAABAAAAEQAqMTA5ZjUyZDEtZTlmNS00ZTRkLWI0ZWEtYTZjN2M1YjM0YjAyAAAADwGTQUNLIHNpcDorMzE2MTIzNDU3MDBAMTI3LjAuMC4xOjE5
OTY4IFNJUC8yLjANClZpYTogU0lQLzIuMC9VRFAgMTI3LjAuMC4xOjE3NzIwO3Jwb3J0O2JyYW5jaD16OWhHNGJLUGozZTI1YmJjZS0xZWQwLTQ3NzAt
OTE4Yi00NjZhNjcwZmIzZjYNCkZyb206ICJCIiA8c2lwOjA4MDAwMDExQDEyNy4wLjAuMT47dGFnPTllODE1NTJkLTVlOTgtNDc5Yy1iYjNjLTBmZjg1
YmRmNDZlNA0KVG86IDxzaXA6KzMxNjEyMzQ1NzAwQDEyNy4wLjAuMT47dGFnPTE2OTkzU0lQcFRhZzAxMQ0KQ2FsbC1JRDogMTA5ZjUyZDEtZTlmNS00
ZTRkLWI0ZWEtYTZjN2M1YjM0YjAyDQpDU2VxOiAyNDczMyBBQ0sNCk1heC1Gb3J3YXJkczogMzANClVzZXItQWdlbnQ6IEJ1cmdlcm5ldA0KQ29udGVu
dC1MZW5ndGg6ICAwDQoNCg==`);

/** Length of the packet before its SIP message: all other chunks, and the header of the message chunk. */
const BEFORE_MESSAGE = REFUSED.indexOf('SIP/2.0');

/** The same packet with another message and correct lengths. */
export function packetOf(message: string): Buffer {
  const packet = Buffer.concat([REFUSED.subarray(0, BEFORE_MESSAGE), Buffer.from(message, 'latin1')]);
  packet.writeUInt16BE(packet.length, 4);
  packet.writeUInt16BE(packet.length - BEFORE_MESSAGE + 6, BEFORE_MESSAGE - 2);
  return packet;
}

/** A packet with a response to an INVITE. */
export const refusal = (
  status: string,
  headers: readonly string[] = [],
  { callId = REFUSED_CALL_ID, method = 'INVITE', body = '' } = {},
): Buffer =>
  packetOf(
    [
      `SIP/2.0 ${status}`,
      `Call-ID: ${callId}`,
      `CSeq: 24733 ${method}`,
      ...headers,
      'Content-Length: 0',
      '',
      body,
    ].join('\r\n'),
  );

/** Reads a packet that contains a message. */
export function copyOf(packet: Buffer): SipCopy {
  const copy = SipCopy.in(packet);
  if (!copy) throw new Error('this packet contains no message');
  return copy;
}

/** The copy of a message that was sent from one address to this port of another. */
export function copyBetween(
  way: { readonly from: string; readonly to: string; readonly port: number },
  message: string,
): SipCopy {
  const port = Buffer.alloc(2);
  port.writeUInt16BE(way.port);
  const chunks = [
    chunk(way.from.includes(':') ? 5 : 3, addressBytes(way.from)),
    chunk(way.to.includes(':') ? 6 : 4, addressBytes(way.to)),
    chunk(8, port),
    chunk(15, Buffer.from(message, 'latin1')),
  ];
  const header = Buffer.from('HEP3\0\0', 'latin1');
  const packet = Buffer.concat([header, ...chunks]);
  packet.writeUInt16BE(packet.length, 4);
  return copyOf(packet);
}

function chunk(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt32BE(type, 0);
  head.writeUInt16BE(head.length + data.length, 4);
  return Buffer.concat([head, data]);
}

/** IPv6 addresses must have all their groups. */
const addressBytes = (address: string): Buffer =>
  address.includes(':')
    ? Buffer.from(
        address
          .split(':')
          .map((group) => group.padStart(4, '0'))
          .join(''),
        'hex',
      )
    : Buffer.from(address.split('.').map(Number));
