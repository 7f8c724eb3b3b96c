import type { Random } from './random.js';

/** A fault that is injected into the service. */
export type Fault =
  /** SIGKILL of the controller; started again after `downMs`, and killed again `againMs` after that. */
  | { readonly kind: 'controller'; readonly downMs: number; readonly againMs: number | null }
  /** SIGKILL of its Asterisk. */
  | { readonly kind: 'asterisk' }
  /** SIGKILL of both. */
  | { readonly kind: 'both'; readonly downMs: number }
  /** SIGSTOP of the controller, and SIGCONT after `forMs`. */
  | { readonly kind: 'stall'; readonly forMs: number }
  /** The sockets between controller and Asterisk are cut, and new ones are refused for `forMs`. */
  | { readonly kind: 'cut'; readonly forMs: number }
  /** The sockets stay open but carry nothing more: the connections are half open. */
  | { readonly kind: 'freeze' };
export type FaultKind = Fault['kind'];

export const FAULT_KINDS = ['controller', 'asterisk', 'both', 'stall', 'cut', 'freeze'] as const;

/** One fault, and the recovery from it. */
export interface Round {
  /** Wait after the end of the previous round, ms. */
  readonly waitMs: number;
  readonly fault: Fault;
}

/** The share of each kind, in percent. Kinds that need a proxy occur only where there is one. */
const OWN: readonly (readonly [FaultKind, number])[] = [
  ['controller', 50],
  ['asterisk', 25],
  ['both', 5],
  ['stall', 20],
];
const ELSEWHERE: readonly (readonly [FaultKind, number])[] = [
  ['controller', 40],
  ['stall', 15],
  ['cut', 30],
  ['freeze', 15],
];

/** `own`: the service starts its Asterisk. `elsewhere`: it does not, and a proxy breaks connections. */
export type Setting = 'own' | 'elsewhere';

export interface PlanLimits {
  /** Longest pause before a fault, ms. */
  readonly waitMs: number;
  readonly without?: readonly FaultKind[];
}

/** The rounds of a run: each kind of fault with its share, in random order and at random times. */
export function planRounds(random: Random, count: number, setting: Setting, limits: PlanLimits): Round[] {
  const shares = (setting === 'own' ? OWN : ELSEWHERE).filter(([kind]) => !limits.without?.includes(kind));
  const kinds = shares.flatMap(([kind, share]) =>
    Array<FaultKind>(Math.max(1, Math.round((share * count) / 100))).fill(kind),
  );
  while (kinds.length < count) kinds.push('controller');
  return random
    .shuffled(kinds)
    .slice(0, count)
    .map((kind) => ({ waitMs: random.whole(0, limits.waitMs), fault: faultOf(kind, random) }));
}

function faultOf(kind: FaultKind, random: Random): Fault {
  switch (kind) {
    case 'controller': {
      // Half of the controllers are started again at once. One in five is killed while it starts.
      const downMs = random.pick([0, random.whole(0, 2_000)]);
      return { kind, downMs, againMs: random.next() < 0.2 ? random.whole(0, 2_000) : null };
    }
    case 'both':
      return { kind, downMs: random.whole(0, 1_000) };
    case 'stall':
      return { kind, forMs: random.whole(200, 3_000) };
    case 'cut':
      return { kind, forMs: random.whole(0, 4_000) };
    case 'asterisk':
    case 'freeze':
      return { kind };
  }
}
