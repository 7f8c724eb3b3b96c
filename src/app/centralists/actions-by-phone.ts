import type { Action, CentralistId } from '../../domain/action.js';
import { actionWords, countsWords } from '../../domain/desk-words.js';
import type { Result } from '../../domain/kinds.js';
import { rendered, type Sound } from '../../domain/messages.js';
import type { OfferedAction } from '../../flows/steps/choose-action.js';
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

/** An action that a centralist can choose by telephone. */
export interface ActionByPhone extends OfferedAction {
  readonly id: number;
}

/** The running and paused actions, as centralists hear and close them by telephone. */
export class ActionsByPhone {
  constructor(private readonly parts: ActionsByPhoneParts) {}

  /**
   * The actions that a centralist may close: the only one that they run, or else all that they run or help
   * with.
   */
  theirs(centralist: Centralist): Promise<readonly ActionByPhone[]> {
    return this.#offer(theirs(this.#open(), centralist.id));
  }

  /** The actions that a centralist may hear about: those they may close, or all actions if there are none. */
  any(centralist: Centralist): Promise<readonly ActionByPhone[]> {
    const open = this.#open();
    const own = theirs(open, centralist.id);
    return this.#offer(own.length > 0 ? own : open);
  }

  /** Whether this centralist runs an action. */
  runs(centralist: Centralist): boolean {
    return this.#open().some(({ centralistId }) => centralistId === centralist.id);
  }

  /** Resolves with whether the action is closed. */
  async close({ id }: ActionByPhone, result: Result): Promise<boolean> {
    try {
      await this.parts.actions.close(id, { result });
      return true;
    } catch (error) {
      this.parts.log.error('action could not be closed by telephone', { actionId: id, error: String(error) });
      return false;
    }
  }

  /** The counts as speech; undefined when speech cannot be rendered. */
  async counts({ id }: ActionByPhone): Promise<Sound | undefined> {
    const { attempts, tips } = this.parts.stores;
    await this.parts.actions.counted(id);
    return this.#say(countsWords({ ...attempts.tally(id), tips: tips.count(id).total }));
  }

  #open(): readonly Action[] {
    return this.parts.stores.actions.inState('running', 'paused');
  }

  #offer(actions: readonly Action[]): Promise<readonly ActionByPhone[]> {
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
      this.parts.log.error('sentence for a centralist could not be rendered', { error: String(error) });
      return undefined;
    }
  }
}

function theirs(open: readonly Action[], id: CentralistId): readonly Action[] {
  const own = open.filter(({ centralistId }) => centralistId === id);
  return own.length === 1 ? own : open.filter(({ centralistId, team }) => centralistId === id || team.includes(id));
}
