import { Problem } from '../domain/problem.js';
import type { InboundCall, Tip } from '../domain/tip.js';
import type { Stores } from '../ports/stores.js';
import type { Tips } from './services.js';

/** Calls that came in, and the tips they left. */
export class TipService implements Tips {
  constructor(private readonly stores: Pick<Stores, 'inbound' | 'tips'>) {}

  calls(filter: { actionId?: number }): readonly InboundCall[] {
    return this.stores.inbound.list(filter);
  }

  list(filter: { actionId?: number }): readonly Tip[] {
    return this.stores.tips.list(filter);
  }

  update(id: number, change: { note?: string | null; useful?: boolean | null }): Tip {
    const tip = this.stores.tips.update(id, change);
    if (!tip) throw new Problem('not_found', `there is no tip ${id}`);
    return tip;
  }
}
