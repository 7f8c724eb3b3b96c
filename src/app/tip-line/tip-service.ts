import { Problem } from '../../domain/problem.js';
import type { InboundCall, Tip } from '../../domain/tip.js';
import type { ListPart, Stores, TipOrCall } from '../../ports/stores.js';
import type { Softphones } from '../centralists/softphones.js';
import type { TipLine } from './tip-line.js';
import type { OfflineRecordings } from './offline-recordings.js';
import type { Tips, WaitingCaller } from '../services.js';
import type { TipQueue } from './tip-queue.js';

export interface TipServiceParts {
  readonly stores: Pick<Stores, 'inbound' | 'tips'>;
  readonly softphones: Softphones;
  readonly inbound: TipLine;
  readonly queue: TipQueue;
  readonly offlineRecordings: Pick<OfflineRecordings, 'onStored'>;
}

/** Calls, tips, transfers and waiting callers of the tip line, for the API and the console. */
export class TipService implements Tips {
  constructor(private readonly parts: TipServiceParts) {}

  calls(filter: { actionId?: number } & ListPart): readonly InboundCall[] {
    return this.parts.stores.inbound.list(filter);
  }

  list(filter: { actionId?: number } & ListPart): readonly Tip[] {
    return this.parts.stores.tips.list(filter);
  }

  newest(actionId: number, part: { readonly limit: number; readonly offset: number }): readonly TipOrCall[] {
    return this.parts.stores.tips.newest(actionId, part);
  }

  count(actionId: number): { readonly total: number; readonly unjudged: number; readonly missed: number } {
    const { tips } = this.parts.stores;
    return { ...tips.count(actionId), missed: tips.missed(actionId) };
  }

  update(id: number, change: { note?: string | null; useful?: boolean | null }): Tip {
    const tip = this.parts.stores.tips.update(id, change);
    if (!tip) throw new Problem('not_found', `there is no tip ${id}`);
    return tip;
  }

  transfer(inboundId: number, { extension }: { readonly extension: string }): Promise<void> {
    const { softphones, inbound, stores } = this.parts;
    if (!stores.inbound.get(inboundId)) throw new Problem('not_found', `there is no call ${inboundId} to the tip line`);
    const colleague = softphones.ofExtension(extension);
    if (!colleague) {
      throw new Problem('invalid', `no centralist has extension ${extension}`, [
        { field: 'extension', message: 'must be the extension of a centralist' },
      ]);
    }
    const from = inbound.centralistOf(inboundId);
    if (from === undefined) throw new Problem('conflict', 'this caller is not in a conversation');
    if (from === colleague.id) throw new Problem('conflict', 'this caller is already talking to that centralist');
    if (softphones.isEngaged(colleague.id)) throw new Problem('conflict', `extension ${extension} is busy`);
    void inbound.transfer(inboundId, { centralistId: colleague.id });
    return Promise.resolve();
  }

  waiting(): readonly WaitingCaller[] {
    return this.parts.queue.waiting();
  }

  offlineWithoutAction(limit: number): readonly InboundCall[] {
    return this.parts.stores.inbound.offlineWithoutAction(limit);
  }

  onOfflineRecording(listener: () => void): () => void {
    return this.parts.offlineRecordings.onStored(listener);
  }
}
