import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import type { Api } from '../../src/cli/api-client.js';
import { startProduct } from '../lib/product.js';
import { HOST, rtpRange, type Load, type Side, type StartSide } from './side.js';
import { messageWav } from './story.js';

/** The warm-up and the measured numbers each have an action of their own, in an area of its own. */
const POSTCODES = { warmUp: '8252AB', numbers: '8251AB' } as const;

/** The product's side of the comparison. */
export function productSide(program: string): StartSide {
  return async (folder, farEnd, load) => {
    const product = await startProduct({ program, folder, settings: await settings(farEnd.port, load) });
    const { api, pids } = product;
    try {
      const actions = await prepare(api, load);
      return {
        pids,
        begin: async (which) => {
          await api.post(`/actions/${actions[which]}/start`, { anyway: true });
        },
        account: async () => {
          const { counts } = await api.get<{ counts: { confirmed: number } }>(`/actions/${actions.numbers}`);
          return { confirmed: counts.confirmed };
        },
        stop: () => product.stop(),
      } satisfies Side;
    } catch (error) {
      await product.stop();
      throw error;
    }
  };
}

async function settings(trunkPort: number, { lines, cps }: Load): Promise<Record<string, string>> {
  const rtp = rtpRange(lines);
  return {
    BURGERNET_SIP: `${HOST}:${await freePort(HOST)}`,
    BURGERNET_RTP: `${rtp.from}-${rtp.to}`,
    BURGERNET_TRUNK: `sip:${HOST}:${trunkPort}`,
    BURGERNET_LINES: String(lines),
    // No line is kept free for tips, because the bare side keeps none free either.
    BURGERNET_TIP_LINES: '0',
    BURGERNET_CPS: String(cps),
    BURGERNET_RETRY: 'off',
    BURGERNET_NIGHT: 'off',
    BURGERNET_SPEECH: 'embedded',
  };
}

/**
 * Makes the participants, the message and the actions, but starts no action. Returns the actions' ids; 0 for
 * an action without numbers.
 */
async function prepare(api: Api, load: Load): Promise<{ readonly warmUp: number; readonly numbers: number }> {
  const rows = (['warmUp', 'numbers'] as const).flatMap((which) =>
    load[which].map((number) => `${number},${POSTCODES[which]},`),
  );
  await api.upload('/participants/import', 'text/csv', new Blob([`phone,postcode,name\n${rows.join('\n')}\n`]));
  const centralist = await api.post<{ id: number }>('/centralists', { name: 'Benchmark', extension: '101' });
  const recording = await api.upload<{ id: number }>('/recordings', 'audio/wav', new Blob([messageWav()]));
  const draft = async (which: 'warmUp' | 'numbers'): Promise<number> => {
    const people = load[which].length;
    if (people === 0) return 0;
    const { id, plan } = await api.post<{ id: number; plan: { callableNow: number } }>('/actions', {
      kind: 'theft',
      title: 'Benchmark',
      description: 'a call like any other',
      message: { recordingId: recording.id },
      area: { postcodes: [POSTCODES[which]] },
      centralistId: centralist.id,
      criteria: { timeCritical: true, clearDescription: true },
    });
    if (plan.callableNow === people) return id;
    throw new Error(`the product would call ${plan.callableNow} of ${people} participants`);
  };
  return { warmUp: await draft('warmUp'), numbers: await draft('numbers') };
}
