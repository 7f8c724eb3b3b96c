import { setTimeout as pause } from 'node:timers/promises';
import type { ActionCounts } from '../../src/app/services.js';
import type { Api } from '../../src/cli/api-client.js';
import { toneMarked, wavOf } from '../../src/phonenet/index.js';
import type { Controller } from './controller.js';
import { wavesCsv, type Wave } from './town.js';
import { MESSAGE } from './message.js';

const LOOK_MS = 300;
/** When fewer people than this are still to be called, the next action begins. */
const ENOUGH = 12;
/** Most actions open at once, because lines are few. One more may begin when none of them calls anybody. */
const MOST_OPEN = 3;

/** Fewer centralists than callers at once, so that some callers wait and some record their tip. */
const EXTENSIONS = ['201', '202'];

interface Account {
  readonly username: string;
  readonly password: string;
  readonly server: string;
}

interface View {
  readonly id: number;
  readonly state: string;
  readonly counts: ActionCounts;
  readonly warning: string | null;
}

/** Keeps people to call at all times: begins actions, and closes each once it has called everybody. */
export class Steward {
  readonly #waiting: Wave[];
  readonly #begun: number[] = [];
  readonly #over = new Set<number>();
  #centralistId = 0;
  #recordingId = 0;
  #finishing = false;
  /** The current step, for `report`. */
  #doing = 'begins';

  constructor(
    private readonly controller: Controller,
    waves: readonly Wave[],
  ) {
    this.#waiting = [...waves];
  }

  get actions(): readonly number[] {
    return this.#begun;
  }

  /** Prepares and begins the first action. Resolves with the accounts of the centralists on duty. */
  async prepare(): Promise<readonly Account[]> {
    const { controller } = this;
    const wav = wavOf(toneMarked(MESSAGE.tones, MESSAGE)) as Uint8Array<ArrayBuffer>;
    await controller.insist((api) =>
      api.upload('/participants/import', 'text/csv', new Blob([wavesCsv(this.#waiting)])),
    );
    const accounts: Account[] = [];
    for (const extension of EXTENSIONS) {
      const { id, sip } = await controller.insist((api) =>
        api.post<{ id: number; sip: Account }>('/centralists', { name: `Wacht ${extension}`, extension }),
      );
      await controller.insist((api) => api.put(`/centralists/${id}/duty`, { onDuty: true }));
      this.#centralistId ||= id;
      accounts.push(sip);
    }
    const recording = await controller.insist((api) =>
      api.upload<{ id: number }>('/recordings', 'audio/wav', new Blob([wav])),
    );
    this.#recordingId = recording.id;
    await this.#begin();
    return accounts;
  }

  /** Begins no more actions. `attend` then resolves once all are closed and have made their closing calls. */
  finish(): void {
    this.#finishing = true;
  }

  /** Looks after the actions until all of them are over, or the signal aborts. */
  async attend(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let left = 0;
      let called = 0;
      this.#doing = 'looks after the actions';
      for (const id of this.#begun) {
        const { waiting, underWay } = await this.#lookAfter(id);
        left += waiting;
        called += underWay;
      }
      const open = this.#begun.length - this.#over.size;
      if (this.#finishing && open === 0) return;
      this.#doing = 'begins an action';
      // The people who are left wait for a retry: after repeated interruptions, for up to a minute
      // (domain/retry.ts).
      const isFew = left < ENOUGH && (open < MOST_OPEN || called === 0);
      if (!this.#finishing && (left === 0 || isFew)) await this.#begin();
      this.#doing = 'rests';
      await pause(LOOK_MS);
    }
  }

  /** The steward's current step and the state of the open actions, to explain why nobody is called. */
  async report(): Promise<string> {
    const doing = this.#doing;
    const open = this.#begun.filter((id) => !this.#over.has(id));
    const views = await Promise.all(
      open.map((id) =>
        this.controller.tryOnce((api) => api.get<View>(`/actions/${id}`)).then((view) => textOf(id, view)),
      ),
    );
    return `the steward ${doing}, ${this.#waiting.length} waves left; ${views.join('; ') || 'no action is open'}`;
  }

  /** Closes an action that has called everybody. Resolves with the people of a running one, by state. */
  async #lookAfter(id: number): Promise<{ readonly waiting: number; readonly underWay: number }> {
    const nobody = { waiting: 0, underWay: 0 };
    if (this.#over.has(id)) return nobody;
    const view = await this.controller.insist((api) => api.get<View>(`/actions/${id}`));
    const { waiting, dialing, ringing } = view.counts;
    if (!calledOut(view)) return view.state === 'running' ? { waiting, underWay: dialing + ringing } : nobody;
    if (view.state === 'closed') this.#over.add(id);
    else await this.#close(id);
    return nobody;
  }

  #close(id: number): Promise<unknown> {
    const body = { result: 'found', message: { text: 'Gevonden.' } };
    return this.controller.insist((api) => api.post(`/actions/${id}/close`, body));
  }

  async #begin(): Promise<void> {
    const wave = this.#waiting.shift();
    if (wave === undefined) return;
    const { id } = await this.controller.insist((api: Api) =>
      api.post<{ id: number }>('/actions', {
        kind: 'theft',
        title: 'Gestolen fiets',
        description: 'een rode bakfiets',
        message: { recordingId: this.#recordingId },
        area: { postcodes: [wave.area] },
        centralistId: this.#centralistId,
        criteria: { timeCritical: true, clearDescription: true },
      }),
    );
    await this.controller.insist((api) => api.post(`/actions/${id}/start`, { anyway: true }));
    this.#begun.push(id);
  }
}

const calledOut = ({ counts }: View): boolean =>
  counts.waiting + counts.dialing + counts.ringing + counts.in_call === 0;

function textOf(id: number, view: View | undefined): string {
  if (view === undefined) return `action ${id} cannot be read`;
  const { waiting, dialing, ringing, in_call: inCall } = view.counts;
  const now = `${waiting} waiting, ${dialing} dialing, ${ringing} ringing, ${inCall} in a call`;
  return `action ${id} ${view.state}: ${now}${view.warning === null ? '' : `, ${view.warning}`}`;
}
