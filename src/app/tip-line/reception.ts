import type { Action } from '../../domain/action.js';
import type { Caller } from '../../domain/caller-match.js';
import { digitByDigit, rendered, type Sound } from '../../domain/messages.js';
import { JUST_CLOSED_MS, routeCaller, type Route } from '../../domain/routing.js';
import type { E164 } from '../../domain/phone-number.js';
import { onCurrentNetwork, type Simulation } from '../../domain/simulation.js';
import type { InboundCall } from '../../domain/tip.js';
import type { CodeAnswer } from '../../flows/steps/personal-code.js';
import type { TipWelcome } from '../../flows/tip-line.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Stores } from '../../ports/stores.js';
import type { ActionService } from '../actions/action-service.js';
import type { Dialer } from '../dialing/dialer.js';
import type { CallerAndAction, TipJournal } from './tip-journal.js';
import type { TipCall } from './tip-call.js';
import type { CodeFinding, PersonalCodes } from './personal-codes.js';

export interface ReceptionParts {
  readonly stores: Stores;
  readonly dialer: Dialer;
  readonly actions: Pick<ActionService, 'reached' | 'heardOut'>;
  /** Null: calls go to a real operator. */
  readonly simulation: Simulation | null;
  readonly codes: PersonalCodes;
  readonly journal: TipJournal;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Identifies the caller, lets the domain decide what they may do, and turns that into a welcome for the flow.
 */
export class Reception {
  /** By action and participant: the number of live calls that were welcomed with the message. */
  readonly #informing = new Map<string, number>();

  constructor(private readonly parts: ReceptionParts) {}

  callerOf(from: E164 | null, withheld: boolean): Caller {
    if (withheld) return { type: 'withheld' };
    if (from === null) return { type: 'unknown', from };
    const { stores, clock } = this.parts;
    const [first] = stores.participants.byPhone(from);
    if (!first) return { type: 'unknown', from };
    const standings = stores.actions.standings(from, {
      closedAfter: clock.now() - JUST_CLOSED_MS,
      ...onCurrentNetwork(this.parts.simulation),
    });
    return { type: 'known', from, participantId: first.id, standings };
  }

  /**
   * The caller of a call that survived a restart. A code that was keyed before does not have to be keyed
   * again.
   */
  callerOfRecord({ from, participantId, reason }: InboundCall): Caller {
    if (from === null && participantId !== null) return this.parts.codes.callerWithCode(participantId);
    return this.callerOf(from, reason === 'withheld');
  }

  /** `onRecognised` is called when the caller keys a valid code. */
  welcome(tipCall: TipCall, route: Route, onRecognised: () => void): TipWelcome {
    switch (route.type) {
      case 'refuse':
        return route.reason === 'unknown'
          ? { type: 'refuse', say: 'tip-unknown' }
          : { type: 'not_selected', code: this.parts.codes.of(route.participantId) };
      case 'ask_code':
        return {
          type: 'withheld',
          codes: {
            check: (code) => this.#welcomeWithCode(tipCall, this.parts.codes.check(code), onRecognised),
            checkWithNumber: (code, number) =>
              this.#welcomeWithCode(tipCall, this.parts.codes.checkWithNumber(code, number), onRecognised),
          },
        };
      case 'choose': {
        const { choices, reason } = route;
        const [newest] = choices;
        if (newest) tipCall.assumeUntilChosen(aboutOf(newest), reason);
        return {
          type: 'choose',
          titles: choices.map(({ actionId }) => titleOf(this.#action(actionId))),
          choose: (index) => {
            const chosen = choices[index] ?? newest;
            if (!chosen) throw new Error('there is no action to choose');
            return { type: 'connect', actions: tipCall.enter(aboutOf(chosen), reason) };
          },
        };
      }
      case 'connect':
      case 'ended':
        return { type: route.type, actions: tipCall.enter(aboutOf(route), route.reason) };
      case 'inform':
        return this.inform(tipCall.enter(aboutOf(route), route.reason), aboutOf(route));
    }
  }

  /**
   * Welcomes a participant who calls the tip line after a missed call. The dialer does not call them during
   * this call, and never again once they have heard the message.
   */
  inform(tipCall: TipCall, about: CallerAndAction): TipWelcome {
    const { dialer, actions } = this.parts;
    const { actionId, participantId } = about;
    const { message } = this.#action(actionId);
    const { from, id: inboundId } = tipCall.record;
    const key = `${actionId} ${participantId}`;
    let informed = false;
    this.#informing.set(key, (this.#informing.get(key) ?? 0) + 1);
    dialer.suspend(actionId, participantId);
    void tipCall.call.ended.then(() => {
      const others = (this.#informing.get(key) ?? 1) - 1;
      if (others === 0) this.#informing.delete(key);
      else this.#informing.set(key, others);
      if (informed) actions.heardOut(actionId, participantId, message.version);
      else if (others === 0) dialer.restore(actionId, participantId);
    });
    return {
      type: 'inform',
      message: rendered(message.soundId),
      actions: tipCall,
      onInformed: () => {
        informed = true;
        dialer.drop(actionId, participantId);
        actions.reached(actionId, participantId, from, message.version);
        this.parts.log.info('participant reached by ringing back', { inboundId, actionId });
      },
    };
  }

  // ------------------------------------------------------------------

  #welcomeWithCode(tipCall: TipCall, found: CodeFinding, onRecognised: () => void): CodeAnswer<TipWelcome> {
    if (found.type !== 'caller') return found;
    onRecognised();
    const route = routeCaller(found.caller, this.parts.clock.now());
    if (route.type === 'refuse' && route.reason === 'not_selected')
      this.parts.journal.reason(tipCall.record.id, route.reason, route.participantId);
    return { type: 'welcome', welcome: this.welcome(tipCall, route, onRecognised) };
  }

  #action(id: number): Action {
    const action = this.parts.stores.actions.get(id);
    if (!action) throw new Error(`there is no action ${id}`);
    return action;
  }
}

const aboutOf = ({ actionId, participantId }: CallerAndAction): CallerAndAction => ({ actionId, participantId });

/** How an action is named in the choice: by its title, or by its number when the title was never spoken. */
function titleOf({ titleSoundId, number }: Action): Sound[] {
  return titleSoundId === null ? digitByDigit(String(number)) : [rendered(titleSoundId)];
}
