import type { Action } from '../../domain/action.js';
import type { Caller } from '../../domain/caller-match.js';
import { digitByDigit, rendered, type Sound } from '../../domain/messages.js';
import { JUST_CLOSED_MS, routeCaller, type Route } from '../../domain/routing.js';
import type { E164 } from '../../domain/phone-number.js';
import { actionsHere, type Simulation } from '../../domain/simulation.js';
import type { InboundCall } from '../../domain/tip.js';
import type { CodeAnswer } from '../../flows/steps/personal-code.js';
import type { TipWelcome } from '../../flows/tip-line.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Stores } from '../../ports/stores.js';
import type { ActionService } from '../actions/action-service.js';
import type { Dialer } from '../dialing/dialer.js';
import type { About, TipJournal } from './tip-journal.js';
import type { TipCall } from './tip-call.js';
import type { CodeFinding, PersonalCodes } from './personal-codes.js';

export interface ReceptionParts {
  readonly stores: Stores;
  readonly dialer: Dialer;
  readonly actions: Pick<ActionService, 'reached' | 'heardOut'>;
  /** Null: calls go to a real operator. */
  readonly simulation: Simulation | null;
  readonly codes: PersonalCodes;
  readonly book: TipJournal;
  readonly clock: Clock;
  readonly log: Log;
}

/** Finds out who rings the tip line, and what they may do: decides with the domain, and makes the flow's welcome of it. */
export class Reception {
  /** How many calls of the same person to the same action hear its message now. */
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
      ...actionsHere(this.parts.simulation),
    });
    return { type: 'known', from, participantId: first.id, standings };
  }

  /** Who rings still, after a restart: whom a code had shown need not key it again. */
  callerOfRecord({ from, participantId, reason }: InboundCall): Caller {
    if (from === null && participantId !== null) return this.parts.codes.shown(participantId);
    return this.callerOf(from, reason === 'withheld');
  }

  /** `onRecognised`: a code has shown who they are. */
  welcome(visit: TipCall, route: Route, onRecognised: () => void): TipWelcome {
    switch (route.type) {
      case 'refuse':
        return route.reason === 'unknown'
          ? { type: 'refuse', say: 'tip-unknown' }
          : { type: 'not_selected', code: this.parts.codes.of(route.participantId) };
      case 'ask_code':
        return {
          type: 'withheld',
          codes: {
            check: (code) => this.#let(visit, this.parts.codes.check(code), onRecognised),
            checkWithNumber: (code, number) =>
              this.#let(visit, this.parts.codes.checkWithNumber(code, number), onRecognised),
          },
        };
      case 'choose': {
        const { choices, reason } = route;
        const [newest] = choices;
        if (newest) visit.otherwise(aboutOf(newest), reason);
        return {
          type: 'choose',
          titles: choices.map(({ actionId }) => titleOf(this.#action(actionId))),
          choose: (index) => {
            const chosen = choices[index] ?? newest;
            if (!chosen) throw new Error('a choice without choices');
            return { type: 'connect', desk: visit.enter(aboutOf(chosen), reason) };
          },
        };
      }
      case 'connect':
      case 'ended':
        return { type: route.type, desk: visit.enter(aboutOf(route), route.reason) };
      case 'inform':
        return this.inform(visit.enter(aboutOf(route), route.reason), aboutOf(route));
    }
  }

  /** A missed call rung back: no call goes to them meanwhile, and none ever when they have heard the message. */
  inform(visit: TipCall, about: About): TipWelcome {
    const { dialer, actions } = this.parts;
    const { actionId, participantId } = about;
    const { message } = this.#action(actionId);
    const { from, id: inboundId } = visit.record;
    const key = `${actionId} ${participantId}`;
    let informed = false;
    this.#informing.set(key, (this.#informing.get(key) ?? 0) + 1);
    dialer.suspend(actionId, participantId);
    void visit.call.ended.then(() => {
      const others = (this.#informing.get(key) ?? 1) - 1;
      if (others === 0) this.#informing.delete(key);
      else this.#informing.set(key, others);
      if (informed) actions.heardOut(actionId, participantId, message.version);
      else if (others === 0) dialer.restore(actionId, participantId);
    });
    return {
      type: 'inform',
      message: rendered(message.soundId),
      desk: visit,
      onInformed: () => {
        informed = true;
        dialer.drop(actionId, participantId);
        actions.reached(actionId, participantId, from, message.version);
        this.parts.log.info('reached by ringing back', { inboundId, actionId });
      },
    };
  }

  // ------------------------------------------------------------------

  #let(visit: TipCall, found: CodeFinding, onRecognised: () => void): CodeAnswer<TipWelcome> {
    if (found.type !== 'caller') return found;
    onRecognised();
    const route = routeCaller(found.caller, this.parts.clock.now());
    if (route.type === 'refuse' && route.reason === 'not_selected')
      this.parts.book.reason(visit.record.id, route.reason, route.participantId);
    return { type: 'welcome', welcome: this.welcome(visit, route, onRecognised) };
  }

  #action(id: number): Action {
    const action = this.parts.stores.actions.get(id);
    if (!action) throw new Error(`there is no action ${id}`);
    return action;
  }
}

const aboutOf = ({ actionId, participantId }: About): About => ({ actionId, participantId });

/** What an action is called to who may choose: its title, or its number where that was never spoken. */
function titleOf({ titleSoundId, number }: Action): Sound[] {
  return titleSoundId === null ? digitByDigit(String(number)) : [rendered(titleSoundId)];
}
