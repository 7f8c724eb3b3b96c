import type { Caller, Standing } from '../../domain/caller-match.js';
import { judgeCode, judgeCodeWithNumber, type CodeVerdict } from '../../domain/code-check.js';
import type { ParticipantId } from '../../domain/participant.js';
import { codeOf, idsOfCode, type Mixer } from '../../domain/personal-code.js';
import { parsePhoneNumber, type E164 } from '../../domain/phone-number.js';
import { JUST_CLOSED_MS } from '../../domain/routing.js';
import { onCurrentNetwork, type Simulation } from '../../domain/simulation.js';
import type { Clock } from '../../ports/clock.js';
import type { Stores } from '../../ports/stores.js';

const HOUR_MS = 60 * 60_000;

/** The caller to whom a code belongs, or why the code is not accepted. */
export type CodeFinding =
  { readonly type: 'caller'; readonly caller: Caller } | { readonly type: Exclude<CodeVerdict, 'accepted'> };

export interface PersonalCodesParts {
  readonly stores: Pick<Stores, 'actions' | 'participants'>;
  /** Null: calls go to a real operator. */
  readonly simulation: Simulation | null;
  readonly mix: Mixer;
  readonly clock: Clock;
}

/**
 * Personal codes: told to the participants to whom they belong, and checked for callers who withhold their
 * number. A code is accepted only if its participant was selected in an action that runs, is paused or has
 * just ended. Wrong codes are counted in memory, for an hour.
 */
export class PersonalCodes {
  #wrong: number[] = [];
  readonly #wrongByNumber = new Map<E164, number[]>();

  constructor(private readonly parts: PersonalCodesParts) {}

  of(id: ParticipantId): string {
    return codeOf(id, this.parts.mix);
  }

  /** A caller who has proved with a code that they are this participant. */
  callerWithCode(participantId: ParticipantId): Caller {
    const standings = this.#standingsOf([participantId]);
    return { type: 'known', from: null, participantId, standings };
  }

  check(code: string): CodeFinding {
    const owners = this.#owners(code);
    const verdict = judgeCode(owners.length, this.#lately(this.#wrong).length);
    if (verdict === 'accepted') return this.#found(owners);
    if (verdict === 'wrong') this.#countWrong();
    return { type: verdict };
  }

  checkWithNumber(code: string, typed: string): CodeFinding {
    const phone = parsePhoneNumber(typed);
    if (!phone.ok) {
      this.#countWrong();
      return { type: 'wrong' };
    }
    const atNumber = new Set(this.parts.stores.participants.byPhone(phone.value).map(({ id }) => id));
    const owners = this.#owners(code).filter((id) => atNumber.has(id));
    const wrongAtNumber = this.#lately(this.#wrongByNumber.get(phone.value) ?? []);
    const verdict = judgeCodeWithNumber(owners.length, wrongAtNumber.length);
    if (verdict === 'accepted') return this.#found(owners);
    if (verdict === 'wrong') {
      this.#countWrong();
      this.#wrongByNumber.set(phone.value, [...wrongAtNumber, this.parts.clock.monotonic()]);
    }
    return { type: verdict };
  }

  /** The selected participants with this code. */
  #owners(code: string): ParticipantId[] {
    const standings = this.#standingsOf(idsOfCode(code, this.parts.mix));
    return [...new Set(standings.map(({ participantId }) => participantId))];
  }

  #standingsOf(ids: readonly ParticipantId[]): readonly Standing[] {
    const { stores, clock, simulation } = this.parts;
    return stores.actions.standingsOf(ids, {
      closedAfter: clock.now() - JUST_CLOSED_MS,
      ...onCurrentNetwork(simulation),
    });
  }

  #found([participantId]: readonly ParticipantId[]): CodeFinding {
    return participantId === undefined
      ? { type: 'wrong' }
      : { type: 'caller', caller: this.callerWithCode(participantId) };
  }

  #countWrong(): void {
    this.#wrong = [...this.#lately(this.#wrong), this.parts.clock.monotonic()];
    for (const [phone, times] of this.#wrongByNumber)
      if (this.#lately(times).length === 0) this.#wrongByNumber.delete(phone);
  }

  #lately(times: readonly number[]): number[] {
    const since = this.parts.clock.monotonic() - HOUR_MS;
    return times.filter((time) => time > since);
  }
}
