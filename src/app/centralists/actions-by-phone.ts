import type { Action, CentralistId } from '../../domain/action.js';
import { actionWords, countsWords } from '../../domain/desk-words.js';
import type { Result } from '../../domain/kinds.js';
import { rendered, type Sound } from '../../domain/messages.js';
import type { OfferedAction } from '../../flows/steps/which-action.js';
import type { Log } from '../../ports/log.js';
import type { Speech } from '../../ports/speech.js';
import type { Centralist, Stores } from '../../ports/stores.js';
import type { Actions } from '../services.js';

export interface ActionsByPhoneParts {
  readonly stores: Pick<Stores, 'actions' | 'attempts' | 'tips'>;
  readonly actions: Pick<Actions, 'close' | 'counted'>;
  readonly speech: Speech;
  readonly log: Log;
}

/** An action that a centralist may choose at the telephone. */
export interface Offered extends OfferedAction {
  readonly id: number;
}

/** The actions that go on, as a centralist hears of them. */
export class ActionsByPhone {
  constructor(private readonly parts: ActionsByPhoneParts) {}

  /** What is theirs to close: the one they run; with several of these, all that they run or help with. */
  theirs(centralist: Centralist): Promise<readonly Offered[]> {
    return this.#offer(theirs(this.#open(), centralist.id));
  }

  /** What they may hear of: what is theirs, and when nothing is, everything. */
  any(centralist: Centralist): Promise<readonly Offered[]> {
    const open = this.#open();
    const own = theirs(open, centralist.id);
    return this.#offer(own.length > 0 ? own : open);
  }

  /** Whether an action that they run goes on. */
  runs(centralist: Centralist): boolean {
    return this.#open().some(({ centralistId }) => centralistId === centralist.id);
  }

  /** Whether it is closed now. */
  async close({ id }: Offered, result: Result): Promise<boolean> {
    try {
      await this.parts.actions.close(id, { result });
      return true;
    } catch (error) {
      this.parts.log.error('an action could not be closed by telephone', { actionId: id, error: String(error) });
      return false;
    }
  }

  /** Undefined when nothing can be spoken. */
  async counts({ id }: Offered): Promise<Sound | undefined> {
    const { attempts, tips } = this.parts.stores;
    await this.parts.actions.counted(id);
    return this.#say(countsWords({ ...attempts.tally(id), tips: tips.count(id).total }));
  }

  #open(): readonly Action[] {
    return this.parts.stores.actions.inState('running', 'paused');
  }

  #offer(actions: readonly Action[]): Promise<readonly Offered[]> {
    return Promise.all(
      actions.map(async ({ id, number, titleSoundId }) => {
        const said = await this.#say(actionWords(number));
        const title = titleSoundId === null ? [] : [rendered(titleSoundId)];
        return { id, number, name: [...(said ? [said] : []), ...title] };
      }),
    );
  }

  async #say(words: string): Promise<Sound | undefined> {
    try {
      return rendered((await this.parts.speech.render(words)).soundId);
    } catch (error) {
      this.parts.log.error('a centralist could not be told something', { error: String(error) });
      return undefined;
    }
  }
}

function theirs(open: readonly Action[], id: CentralistId): readonly Action[] {
  const own = open.filter(({ centralistId }) => centralistId === id);
  return own.length === 1 ? own : open.filter(({ centralistId, team }) => centralistId === id || team.includes(id));
}
