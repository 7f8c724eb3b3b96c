import { createHash } from 'node:crypto';
import { createReadStream, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import { pipeline } from 'node:stream/promises';
import type { FromHost, HostOptions, ToHost } from './host-messages.js';
import type { Runtime } from './runtime.js';

/**
 * The process in which the natural voice speaks. It is a process of its own, and not a thread, because the
 * runtime ends the whole process on a model that it cannot use. It ends with its parent.
 */

/** Telephony goes before speech on a busy machine (nice 5). */
const LOWER_PRIORITY = 5;

const { model, tokens, readySha256, lengthScale, noiseScale, noiseScaleW, threads } = JSON.parse(
  process.argv[2] ?? '{}',
) as HostOptions;

process.on('disconnect', () => process.exit(0));
setPriority(LOWER_PRIORITY);
endFirstWithoutMemory();

// A file that changed on disk could end this process at any later moment.
const hash = createHash('sha256');
await pipeline(createReadStream(model), hash);
if (hash.digest('hex') !== readySha256) throw new Error(`${model} is damaged: install the voice again`);

const { OfflineTts, GenerationConfig } = createRequire(import.meta.url)('sherpa-onnx-node') as Runtime;
const vits = { model, tokens, lengthScale, noiseScale, noiseScaleW };
const voice = new OfflineTts({ model: { vits, numThreads: threads, provider: 'cpu' }, maxNumSentences: 1 });
// The default would shorten the pauses that the voice makes to a fifth.
const generationConfig = new GenerationConfig({ sid: 0, speed: 1, silenceScale: 1 });

/** When memory runs out, Linux must end this process and not Asterisk or the service (proc(5)). */
function endFirstWithoutMemory(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '500');
  } catch {
    // Another system, or one that forbids it.
  }
}

const reply = (message: FromHost): void => void process.send?.(message);

process.on('message', ({ id, text }: ToHost) => {
  try {
    const { samples, sampleRate } = voice.generate({ text, generationConfig, enableExternalBuffer: false });
    reply({ id, samples, rate: sampleRate });
  } catch (error) {
    reply({ id, reason: error instanceof Error ? error.message : String(error) });
  }
});
reply({ ready: true });
