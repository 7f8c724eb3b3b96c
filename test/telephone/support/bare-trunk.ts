import { freePort } from '../../../src/adapters/asterisk/process/ports-free.js';
import type { Call } from '../../../src/ports/call.js';
import { startAdapter, type Adapter, type AdapterOptions } from './adapter.js';
import type { Inbox } from './inbox.js';
import { startPeer, type Dialog, type Invited, type InviteOptions, type SipPeer } from './sip-peer.js';

const HOST = '127.0.0.1';
export const TIP_LINE = '08000011';

/**
 * The Asterisk adapter, with a bare SIP peer as the operator: the test writes every header and every answer
 * itself.
 */
export interface BareTrunk {
  readonly adapter: Adapter;
  readonly operator: SipPeer;
  stop(): Promise<void>;
}

export interface BareTrunkOptions extends Omit<AdapterOptions, 'sip' | 'trunk'> {
  /** The account that our side registers at the operator; none when left out. */
  readonly account?: { readonly user: string; readonly password: string };
}

/** A call that a bare SIP peer made and our side answered. */
export interface AnsweredCall {
  readonly call: Call;
  readonly dialog: Dialog;
}

export async function startBareTrunk({ account, ...options }: BareTrunkOptions = {}): Promise<BareTrunk> {
  const sip = { host: HOST, port: await freePort(HOST) };
  const operator = await startPeer(sip);
  try {
    const adapter = await startAdapter({ ...options, sip, trunk: { host: HOST, port: operator.port, ...account } });
    return {
      adapter,
      operator,
      stop: async () => {
        operator.close();
        await adapter.stop();
      },
    };
  } catch (error) {
    operator.close();
    throw error;
  }
}

/** Calls the tip line. Our side answers. */
export const callTipLine = (
  { arrivals }: Adapter,
  caller: SipPeer,
  options: InviteOptions = {},
): Promise<AnsweredCall> => answered(arrivals.incoming, caller.invite({ user: TIP_LINE, ...options }));

/** Dials from a softphone of a centralist. Our side answers. */
export const dialFromSoftphone = ({ arrivals }: Adapter, softphone: SipPeer, user: string): Promise<AnsweredCall> =>
  answered(arrivals.desk, softphone.invite({ user }));

async function answered(
  arrivals: Pick<Inbox<{ readonly call: Call }>, 'take'>,
  inviting: Promise<Invited>,
): Promise<AnsweredCall> {
  const { call } = await arrivals.take();
  await call.answer();
  return { call, dialog: dialogOf(await inviting) };
}

/** The dialog of a call that must have been answered. */
export function dialogOf({ dialog, response }: Invited): Dialog {
  if (!dialog) throw new Error(`the call was not answered: ${response.start}`);
  return dialog;
}
