import { expect } from 'chai';
import { CallBook } from '../../../bench/lib/far-end/call-book.js';
import { MARKS, soundIn } from '../../../bench/lib/far-end/marks.js';
import { HEADER_BYTES, isVoice, payloadType, ssrcOf, Voice } from '../../../bench/lib/far-end/rtp.js';
import { scenarioXml } from '../../../bench/lib/far-end/scenario.js';
import { LineReader, readSipEvent } from '../../../bench/lib/far-end/sip-record.js';

/** A voice packet as the calling side sends it. */
function voicePacket(bytes: (index: number) => number, ssrc = 7): Buffer {
  const packet = Buffer.alloc(HEADER_BYTES + 160);
  packet[0] = 0x80;
  packet[1] = 8;
  packet.writeUInt32BE(ssrc, 8);
  for (let i = 0; i < 160; i++) packet[HEADER_BYTES + i] = bytes(i);
  return packet;
}
const marked = (mark: keyof typeof MARKS, ssrc?: number): Buffer => voicePacket(() => MARKS[mark], ssrc);
const message = (ssrc?: number): Buffer => voicePacket((i) => (i * 37) & 0xff, ssrc);

describe("SIPp's log of calls", () => {
  it('is parsed line by line, with times in ms', () => {
    expect(readSipEvent('A 3 31612340042 20002 1795486313.000000 709986.000000')).to.deep.equal({
      type: 'answered',
      call: 3,
      number: '31612340042',
      port: 20_002,
      at: 1_795_486_313_709.986,
    });
  });

  for (const line of ['', 'I 1 31612340042', 'X 1 31612340042 20002 1.0 1.0', 'I 1  20002 1.0 1.0']) {
    it(`does not parse: '${line}'`, () => {
      expect(readSipEvent(line)).to.equal(undefined);
    });
  }

  it('is read only up to the last whole line', () => {
    const lines = new LineReader();
    expect(lines.take('I 1\nA')).to.deep.equal(['I 1']);
    expect(lines.take(' 1')).to.deep.equal([]);
    expect(lines.take(' 2\n')).to.deep.equal(['A 1 2']);
  });

  it('comes from a scenario that names the media ports by the last called digit and never sends BYE', () => {
    const xml = scenarioXml({ mediaDecade: 4123, ring: { least: 150, most: 350 } });
    expect(xml).to.include('m=audio 4123[last] RTP/AVP 8 101'.replace('[last]', '[$last]'));
    expect(xml).to.include('min="150" max="350"');
    expect(xml.indexOf('180 Ringing')).to.be.lessThan(xml.indexOf('200 OK'));
    expect(xml).not.to.include('BYE sip:');
  });
});

describe('RTP at the far end', () => {
  it('distinguishes voice from RTCP, from events and from other data', () => {
    const rtcp = Buffer.from([0x80, 200, ...Array<number>(26).fill(0)]);
    const event = Buffer.from([0x80, 0x80 | 101, ...Array<number>(14).fill(0)]);
    expect(payloadType(rtcp)).to.equal(undefined);
    expect(payloadType(event)).to.equal(101);
    expect(payloadType(Buffer.from('hello, I am no packet'))).to.equal(undefined);
    expect([rtcp, event, message()].map(isVoice)).to.deep.equal([false, false, true]);
    expect(ssrcOf(message(99))).to.equal(99);
  });

  it('recognises each sound by its mark, and takes any other packet for the message', () => {
    for (const mark of Object.keys(MARKS) as (keyof typeof MARKS)[]) expect(soundIn(marked(mark))).to.equal(mark);
    expect(soundIn(message())).to.equal('message');
    expect(soundIn(voicePacket(() => 0x42))).to.equal('message');
  });

  it('sends a digit as an RFC 4733 event: one timestamp, rising duration, three end packets', () => {
    const voice = new Voice(5);
    voice.press(7, 40, 60);
    const sent = [0, 20, 40, 60, 80, 100].map((now) => voice.next(now).map((packet) => Buffer.from(packet)));
    expect(sent.map((packets) => packets.map((packet) => payloadType(packet)))).to.deep.equal([
      [8],
      [8],
      [101],
      [101],
      [101, 101, 101],
      [8],
    ]);
    const events = sent.flat().filter((packet) => payloadType(packet) === 101);
    expect(new Set(events.map((packet) => packet.readUInt32BE(4))).size).to.equal(1);
    expect(events.map((packet) => packet.readUInt16BE(HEADER_BYTES + 2))).to.deep.equal([160, 320, 480, 480, 480]);
    expect(events.map((packet) => packet[HEADER_BYTES + 1]! >> 7)).to.deep.equal([0, 0, 1, 1, 1]);
    expect(events.map((packet) => packet[1]! >> 7)).to.deep.equal([1, 0, 0, 0, 0]);
    expect(events.map((packet) => packet[HEADER_BYTES])).to.deep.equal([7, 7, 7, 7, 7]);
    expect(voice.digitEndedAt).to.equal(80);
  });

  it('numbers packets without a gap, and continues the voice timestamps after the digit', () => {
    const voice = new Voice(5);
    voice.press(1, 20, 20);
    const packets = [0, 20, 40].flatMap((now) => voice.next(now).map((packet) => Buffer.from(packet)));
    expect(packets.map((packet) => packet.readUInt16BE(2))).to.deep.equal([1, 2, 3, 4, 5]);
    expect(packets[0]!.readUInt32BE(4)).to.equal(160);
    expect(packets[4]!.readUInt32BE(4)).to.equal(480);
  });
});

describe('Records of calls at the far end', () => {
  const habit = { digitAfterMs: 100, digitMs: 20 };
  const event = (type: 'invited' | 'answered' | 'ended', at: number, call = 1, port = 20_000) => ({
    ...{ type, at, call, port },
    number: `3161234000${call}`,
  });

  it('have each moment of a call: invited, answered, first sound, digit, message, end', () => {
    const book = new CallBook(habit);
    book.sip(event('invited', 1_000));
    book.sip(event('answered', 1_200));
    book.packet(20_000, marked('prompt'), 1_203);
    book.packet(20_000, marked('prompt'), 1_223);
    const [call] = [...book.live];
    expect(call?.socket).to.equal(1);
    for (const now of [1_280, 1_300]) call!.voice.next(now);
    book.packet(20_000, message(), 1_304);
    book.packet(20_000, message(), 1_324);
    book.packet(20_000, marked('thanks'), 1_344);
    book.sip(event('ended', 1_400));
    expect(book.live.size).to.equal(0);
    expect(book.ended).to.equal(1);
    expect(book.records()).to.deep.equal([
      {
        number: '31612340001',
        invitedAt: 1_000,
        answeredAt: 1_200,
        firstVoiceAt: 1_203,
        digitEndedAt: 1_300,
        messageAt: 1_304,
        endedAt: 1_400,
        messagePackets: 2,
        thanksPackets: 1,
      },
    ]);
  });

  it('ignore a late packet of the call that used the port before', () => {
    const book = new CallBook(habit);
    book.sip(event('invited', 0));
    book.packet(20_000, marked('thanks', 11), 100);
    book.sip(event('ended', 150));
    book.sip(event('invited', 200, 2));
    book.packet(20_000, marked('thanks', 11), 210);
    book.packet(20_000, marked('prompt', 12), 400);
    expect(book.records().map(({ firstVoiceAt }) => firstVoiceAt)).to.deep.equal([100, 400]);
  });

  it('keep missing moments null, and ignore packets and events of unknown calls', () => {
    const book = new CallBook(habit);
    book.packet(20_000, message(), 5);
    book.sip(event('ended', 6));
    book.sip(event('invited', 10));
    expect(book.records()[0]).to.include({ answeredAt: null, firstVoiceAt: null, messageAt: null, endedAt: null });
    expect(book.ended).to.equal(0);
  });
});
