import type { CallEnd } from '../../ports/call.js';
import type { LinkState } from '../../ports/telephony.js';

/** Learns from the calls whether the trunk works: no OPTIONS are sent, which not every operator answers. */
export class TrunkWatch {
  state: LinkState | 'unknown' = 'unknown';
  reason = '';

  constructor(private readonly onChange: () => void) {}

  ended(end: CallEnd): void {
    if (end.by === 'lost') return;
    const silent = end.fault !== undefined;
    const next: LinkState = silent ? 'down' : 'up';
    if (end.by === 'us' && !silent) return;
    if (next === this.state) return;
    this.state = next;
    this.reason = silent ? `${end.fault ?? ''}: check BURGERNET_TRUNK, the line to the operator and its firewall` : '';
    this.onChange();
  }
}
