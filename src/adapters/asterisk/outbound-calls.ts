import { prompt, type Sound } from '../../domain/messages.js';
import { formatForTrunk, type E164, type NumberFormat } from '../../domain/phone-number.js';
import type { CallId } from '../../ports/call.js';
import type { SoundFiles } from '../../ports/speech.js';
import type {
  AlertCall,
  AlertCallOrder,
  AlertCallResult,
  CallOrder,
  Destination,
  OutgoingCall,
} from '../../ports/telephony.js';
import type { AriLinks } from './ari/ari-links.js';
import { AriError } from './ari/errors.js';
import { TIP_APP } from './ari/events.js';
import { NO_SLOT } from './calls/call-result-slots.js';
import { endAsRemembered, type LiveCalls } from './calls/live-calls.js';
import { lookUpOriginated } from './calls/outgoing-call.js';
import { MAX_UNATTENDED_SECONDS } from './process/config-values.js';
import { callerId } from './sip/shown-name.js';

export interface OutboundCallsParts {
  readonly links: AriLinks;
  readonly calls: LiveCalls;
  readonly soundFiles: SoundFiles;
  readonly numberFormat: NumberFormat;
  /** The trunk endpoint for a call to this number. */
  readonly trunkEndpoint: (number: E164) => string;
  readonly rememberedResult: (id: CallId) => Promise<AlertCallResult | undefined>;
}

/** Originates calls: those that a flow plays, and those that the dialplan plays. */
export class AsteriskOutboundCalls {
  /** The newest message of each subject, as sent to Asterisk since the link last came up. */
  readonly #newestMessage = new Map<string, string>();

  constructor(private readonly parts: OutboundCallsParts) {}

  place(order: CallOrder): OutgoingCall {
    const { tips } = this.parts.links;
    const { call, outgoing } = this.parts.calls.addOutgoing(order, false);
    const target = { app: TIP_APP, appArgs: 'outgoing' };
    const variables = { 'TIMEOUT(absolute)': String(MAX_UNATTENDED_SECONDS) };
    tips.request('POST', `channels/${order.id}`, {}, this.#originateBody(order, target, variables)).then(
      () => (outgoing.accepted = true),
      async (error: unknown) => {
        const fate = await lookUpOriginated(error, call, tips);
        if (fate === 'there') outgoing.accepted = true;
        else if (fate !== 'over') call.onEnd({ by: 'lost', fault: textOf(error) });
      },
    );
    return outgoing;
  }

  placeAlert(order: AlertCallOrder): AlertCall {
    const { calls, links, rememberedResult } = this.parts;
    const { alert } = links;
    const call = calls.addAlert(order);
    if (order.script.type === 'alert') this.updateMessage(order.subject, order.script.message);
    const target = { context: order.script.type, extension: 's', priority: 1 };
    const variables = { ...this.#soundPaths(order), BURGERNET_END: calls.slots.take(order.id) };
    alert.request('POST', `channels/${order.id}`, {}, this.#originateBody(order, target, variables)).then(
      () => {
        call.wasAccepted();
      },
      async (error: unknown) => {
        const fate = await lookUpOriginated(error, call, alert);
        if (fate === 'there') call.wasAccepted();
        else if (fate === 'refused') call.onEnd({ by: 'lost', fault: textOf(error) });
        else if (fate === 'gone') endAsRemembered(call, await rememberedResult(order.id), textOf(error));
      },
    );
    return call;
  }

  /**
   * Sets the newest message of a subject in a global variable, which the dialplan reads when a digit is
   * pressed. ARI cannot set a variable of a call that is in no Stasis application. The variable is set before
   * the first call, so that a message that Asterisk still has from an earlier process is never played.
   */
  updateMessage(subject: string, message: Sound): void {
    const value = this.parts.soundFiles.pathOf(message);
    if (this.#newestMessage.get(subject) === value) return;
    this.#newestMessage.set(subject, value);
    const query = { variable: newestMessageVariable(subject), value };
    this.parts.links.alert.request('POST', 'asterisk/variable', query).catch((error: unknown) => {
      if (!(error instanceof AriError)) throw error;
      // Asterisk cannot be reached, so the next call sets the variable. A participant who hears the old
      // message meanwhile is called again.
      if (this.#newestMessage.get(subject) === value) this.#newestMessage.delete(subject);
    });
  }

  /** Called when the link to Asterisk was lost, because Asterisk may have restarted without its variables. */
  forgetMessages(): void {
    this.#newestMessage.clear();
  }

  #dialString(to: Destination): string {
    return to.type === 'desk'
      ? `PJSIP/${to.username}`
      : `PJSIP/${formatForTrunk(to.number, this.parts.numberFormat)}@${this.parts.trunkEndpoint(to.number)}`;
  }

  /** Body of the originate request. `target`: where the call goes when it is answered. */
  #originateBody(
    order: CallOrder,
    target: Readonly<Record<string, string | number>>,
    variables: Readonly<Record<string, string>>,
  ): unknown {
    return {
      endpoint: this.#dialString(order.to),
      ...target,
      callerId: callerId(order.callerId),
      // The controller ends the ringing, because a step of the wall clock would end it in Asterisk.
      timeout: MAX_UNATTENDED_SECONDS,
      // The codecs of the trunk. With the default of ARI, slin, every packet would be transcoded.
      formats: 'alaw,ulaw',
      variables: {
        // Set first and for every call. At each event Asterisk reads these variables, and it searches all
        // global variables for one that the call does not have.
        BURGERNET_STEPS: '',
        BURGERNET_FAILURE: '',
        'CHANNEL(hangup_handler_push)': 'ended,s,1',
        BURGERNET_END: NO_SLOT,
        // The controller carries out the transfers that a softphone requests.
        ...(order.to.type === 'desk' ? { 'PJSIP_TRANSFER_HANDLING()': 'ari-only' } : {}),
        ...variables,
      },
    };
  }

  /** The paths of the sounds that differ from call to call, by their names in alert.conf. */
  #soundPaths({ script, subject }: AlertCallOrder): Record<string, string> {
    const path = (sound: Sound): string => this.parts.soundFiles.pathOf(sound);
    const MESSAGE = path(script.message);
    if (script.type === 'closing') return { OPENING: path(prompt('closing-prompt')), MESSAGE };
    return {
      OPENING: path(prompt(script.opening)),
      ENDING: path(prompt(script.ending)),
      GOODBYE: path(prompt('alert-goodbye')),
      NEWEST: newestMessageVariable(subject),
      MESSAGE,
    };
  }
}

/** Global variable of Asterisk with the newest message of a subject (alert.conf). */
const newestMessageVariable = (subject: string): string => `BURGERNET_MESSAGE_${subject}`;

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
