import { setTimeout as pause } from 'node:timers/promises';
import type { PhoneNetwork } from '../../src/phonenet/index.js';
import type { AriProxy } from '../telephone/support/ari-proxy.js';
import type { Controller } from './controller.js';
import type { FaultRecord } from './evidence.js';
import type { Fault } from './plan.js';

/** The run reports trouble when our Asterisk takes longer than this to come back, ms. */
const ASTERISK_BACK_MS = 20_000;
/** The same for the links to Asterisk. A ping finds a dead link within 15 s; reconnecting takes longer. */
const LINKS_BACK_MS = 20_000;

export interface BreakerParts {
  readonly controller: Controller;
  readonly network: PhoneNetwork;
  /** The proxy in front of an Asterisk that runs elsewhere; undefined when the service started its own. */
  readonly proxy: AriProxy | undefined;
  readonly onProblem: (what: string) => void;
}

/** Injects one fault and waits until the service is ready again. */
export async function inflict(fault: Fault, parts: BreakerParts): Promise<FaultRecord> {
  const { controller, proxy } = parts;
  const at = Date.now();
  const done = (startedAt: number | null = null, backMs: number | null = null): FaultRecord => {
    return { kind: fault.kind, at, startedAt, until: Date.now(), backMs };
  };
  switch (fault.kind) {
    case 'controller':
    case 'both': {
      // Asterisk first, so that the controller has no time to start another one.
      if (fault.kind === 'both') controller.killAsterisk();
      await controller.kill();
      if (fault.kind === 'both') await clearLines(parts.network, at);
      await pause(fault.downMs);
      const backMs = await startAgain(parts, fault.kind === 'controller' ? fault.againMs : null);
      return done(controller.startedAt, backMs);
    }
    case 'asterisk': {
      const pid = controller.killAsterisk();
      await clearLines(parts.network, at);
      if (await controller.reachesAsterisk(ASTERISK_BACK_MS, pid)) return done();
      parts.onProblem(`Asterisk was killed and was not running again within ${ASTERISK_BACK_MS / 1000} s`);
      await controller.kill();
      return done(controller.startedAt, await startAgain(parts, null));
    }
    case 'stall':
      controller.signal('SIGSTOP');
      await pause(fault.forMs);
      controller.signal('SIGCONT');
      if (!(await controller.reachesAsterisk(LINKS_BACK_MS)))
        parts.onProblem('the service did not go on after it was stopped for a while');
      return done();
    case 'cut':
      proxy?.refuse(fault.forMs);
      proxy?.cut();
      await linksBack(parts, fault.forMs, 'the connections to Asterisk were cut');
      return done();
    case 'freeze':
      proxy?.freeze();
      await linksBack(parts, 0, 'the connections to Asterisk were half open');
      return done();
  }
}

/**
 * Starts the controller again. The start itself may be killed; a start that fails is reported and repeated.
 */
async function startAgain({ controller }: BreakerParts, againMs: number | null): Promise<number | null> {
  if (againMs !== null) {
    controller.launch();
    await pause(againMs);
    await controller.kill();
  }
  for (let tries = 0; tries < 3; tries += 1) {
    const backMs = await controller.start();
    if (backMs !== undefined) return backMs;
    await controller.kill();
  }
  throw new Error('the service cannot be started any more');
}

async function linksBack({ controller, proxy, onProblem }: BreakerParts, forMs: number, what: string): Promise<void> {
  const fresh = await proxy?.untilConnected(2, forMs + LINKS_BACK_MS);
  if (fresh !== true || !(await controller.reachesAsterisk(LINKS_BACK_MS)))
    onProblem(`${what}, and did not come back within ${LINKS_BACK_MS / 1000} s`);
}

/**
 * Hangs up the calls of the killed Asterisk at the far end. A killed Asterisk sends the far end nothing. An
 * operator's network would notice in the end. Here the calls are hung up at once, so that no telephone stays
 * busy with a call that is over.
 */
async function clearLines(network: PhoneNetwork, killedAt: number): Promise<void> {
  const { httpUrl, authorization } = network.asterisk.address;
  const stale = (await network.ledger()).filter(({ invitedAt, endedAt }) => invitedAt <= killedAt && endedAt === null);
  await Promise.all(
    stale.map(({ id }) =>
      fetch(`${httpUrl}/ari/channels/${id}`, { method: 'DELETE', headers: { authorization } }).catch(() => undefined),
    ),
  );
}
