import type { Call, CallId, Recorded } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type {
  AlertCall,
  AlertCallOrder,
  AlertCallResult,
  CallOrder,
  Conversation,
  DeskCall,
  IncomingCall,
  OfflineRecording,
  OutgoingCall,
  SurvivingCalls,
  SurvivingDeskCall,
  SurvivingIncoming,
  SurvivingOutgoing,
} from '../../ports/telephony.js';
import type { AriLinks } from './ari/ari-links.js';
import { AriError } from './ari/errors.js';
import type { ChannelSnapshot } from './ari/events.js';
import { ANSWERED_ELSEWHERE } from './calls/asterisk-call.js';
import type { Bridges, BridgeSnapshot } from './calls/bridges.js';
import { callResultSlots } from './calls/call-result-slots.js';
import { readCallResult } from './calls/call-result.js';
import { conversationIn, finishedRecording, type ConversationParts } from './calls/conversation.js';
import type { LiveCalls } from './calls/live-calls.js';
import { Reconciler, type Difference } from './calls/reconciler.js';
import { offlineRecordings } from './calls/recording-files.js';
import { dialledCallOf, survivingCalls, tipCallOf } from './calls/surviving-calls.js';

export interface TakeoverParts {
  readonly links: AriLinks;
  readonly calls: LiveCalls;
  readonly bridges: Bridges;
  readonly clock: Clock;
  readonly log: Log;
  readonly recordingsFolder: string;
  /** Whether a call has an id that the controller gave it, in this process or an earlier one. */
  readonly isOurs: (id: CallId) => boolean;
  readonly onIncoming: (incoming: IncomingCall) => void;
  readonly onDeskCall: (desk: DeskCall) => void;
}

/** Takes over the calls of an earlier process, and the calls whose events were lost. */
export class AsteriskTakeover {
  readonly #reconciler: Reconciler;
  /**
   * Calls of an earlier process count as orphans only once it has been decided which of them are taken over.
   */
  #decided = false;

  constructor(private readonly parts: TakeoverParts) {
    const { clock, calls, isOurs } = parts;
    this.#reconciler = new Reconciler({
      clock,
      known: () => calls.known(),
      list: async () => {
        const channels = await this.#channels();
        calls.applySnapshots(channels);
        return channels;
      },
      isOurs,
      settle: (difference, channel) => {
        this.#settle(difference, channel);
      },
    });
  }

  /** Starts comparing the calls of the controller with those in Asterisk. */
  start(): void {
    this.#reconciler.start();
  }

  stop(): void {
    this.#reconciler.stop();
  }

  close(): void {
    this.#reconciler.close();
  }

  async survivingCalls(): Promise<SurvivingCalls> {
    const channels = await this.#channels();
    const bridges = await this.#bridges();
    // Skips callers that this process is already serving.
    const unknown = channels.filter(({ id }) => !this.parts.calls.has(id));
    return survivingCalls(unknown, bridges, this.parts.isOurs);
  }

  outgoing(order: CallOrder, { rang, answered }: SurvivingOutgoing): OutgoingCall {
    const { call, outgoing } = this.parts.calls.addOutgoing(order, answered);
    outgoing.accepted = true;
    if (rang) outgoing.onRang();
    if (answered) {
      call.stopOldPlayback();
      outgoing.onAnswered();
    }
    return outgoing;
  }

  alert(order: AlertCallOrder, surviving: SurvivingOutgoing): AlertCall {
    const call = this.parts.calls.addAlert(order);
    this.parts.calls.slots.reserve(order.id);
    call.wasThere();
    if (surviving.rang) call.rang();
    if (surviving.answered) call.wasAnswered();
    call.applyProgress(surviving);
    return call;
  }

  incoming({ id, answered, ...shown }: SurvivingIncoming): IncomingCall {
    const call = this.parts.calls.addIncoming(id, answered);
    call.stopOldPlayback();
    return { call, ...shown, refuse: () => call.refuse() };
  }

  deskCall({ id, answered, username, dialled }: SurvivingDeskCall): DeskCall {
    const call = this.parts.calls.addDialled(id, answered, username);
    call.stopOldPlayback();
    return { call, username, dialled };
  }

  conversation(a: Call, b: Call, recording?: string): Conversation {
    return conversationIn(this.#conversationParts, a, b, recording);
  }

  recorded(name: string): Promise<Recorded | undefined> {
    return finishedRecording(this.#conversationParts, name);
  }

  async offlineRecordings(isKnown: (callId: CallId) => boolean): Promise<readonly OfflineRecording[]> {
    const live = new Set((await this.#channels()).map(({ id }) => id));
    return offlineRecordings(this.parts.recordingsFolder, (callId) => live.has(callId) || isKnown(callId));
  }

  async rememberedResult(id: CallId): Promise<AlertCallResult | undefined> {
    // The result is nearly always in the first slot.
    for (const slot of callResultSlots(id)) {
      const result = readCallResult(id, await this.#globalVariable(slot));
      if (result) return result;
    }
    return undefined;
  }

  async hangUpOrphans(isAnsweredElsewhere: (id: CallId) => boolean = () => false): Promise<readonly CallId[]> {
    const { bridges, calls, isOurs } = this.parts;
    const isUnknown = (id: CallId): boolean => !calls.has(id);
    const orphans = (await this.#channels()).map(({ id }) => id).filter((id) => isOurs(id) && isUnknown(id));
    await Promise.all(
      orphans.map((id) => this.#hangUp(id, isAnsweredElsewhere(id) ? { reason_code: ANSWERED_ELSEWHERE } : {})),
    );
    await bridges.destroyUnused((id) => calls.has(id));
    this.#decided = true;
    return orphans;
  }

  /** Settles a difference that two comparisons found. `channel` is absent when the call is gone. */
  #settle(difference: Difference, channel: ChannelSnapshot | undefined): void {
    const { type, id } = difference;
    if ((type === 'orphan' || type === 'caller' || type === 'desk') && !this.#decided) return;
    this.parts.log.warn('call state differs from Asterisk', { callId: id, difference: type });
    if (type === 'orphan') void this.#hangUp(id);
    else if (type === 'caller') {
      if (channel) this.parts.onIncoming(this.incoming(tipCallOf(channel)));
    } else if (type === 'desk') {
      if (channel) this.parts.onDeskCall(this.deskCall(dialledCallOf(channel)));
    } else this.parts.calls.correct(type, id);
  }

  get #conversationParts(): ConversationParts {
    const { bridges, links, clock, recordingsFolder } = this.parts;
    return { bridges, link: links.tips, clock, recordingsFolder };
  }

  #channels(): Promise<readonly ChannelSnapshot[]> {
    return this.parts.links.alert.request<readonly ChannelSnapshot[]>('GET', 'channels');
  }

  #bridges(): Promise<readonly BridgeSnapshot[]> {
    return this.parts.links.tips.request<readonly BridgeSnapshot[]>('GET', 'bridges');
  }

  /** Empty when the variable does not exist or Asterisk does not answer. */
  async #globalVariable(variable: string): Promise<string> {
    const { alert } = this.parts.links;
    try {
      return (await alert.request<{ value: string }>('GET', 'asterisk/variable', { variable })).value;
    } catch (error) {
      if (error instanceof AriError) return '';
      throw error;
    }
  }

  async #hangUp(id: CallId, query: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.parts.links.alert.request('DELETE', `channels/${id}`, query).catch((error: unknown) => {
      if (!(error instanceof AriError)) throw error;
    });
  }
}
