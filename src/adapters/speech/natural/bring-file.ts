import { createWriteStream } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { VoiceRefused } from './voice-refused.js';

/** A download without a byte for this long is given up, ms. */
const SILENCE_MS = 30_000;
const MOST_REDIRECTS = 5;

export interface BringOptions {
  /** Largest size, bytes. */
  readonly most: number;
  readonly signal?: AbortSignal;
  /** Longest wait for the next bytes of a download, ms; default 30 s. */
  readonly silenceMs?: number;
}

export const isUrl = (source: string): boolean => /^https?:\/\//i.test(source);

/** Copies a file, or downloads it by https (by http from this machine only). Throws {@link VoiceRefused}. */
export async function bringFile(source: string, to: string, options: BringOptions): Promise<void> {
  if (isUrl(source)) return download(source, to, options);
  const found = await stat(source).catch(() => undefined);
  if (!found?.isFile()) throw new VoiceRefused(`there is no file ${source}`);
  if (found.size > options.most) throw tooLarge(source, options.most);
  await copyFile(source, to);
}

async function download(source: string, to: string, options: BringOptions): Promise<void> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), options.silenceMs ?? SILENCE_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, silence.signal]) : silence.signal;
  try {
    const response = await answerOf(source, signal);
    if (!response.ok || response.body === null) throw new VoiceRefused(`${source} answers ${response.status}`);
    if (Number(response.headers.get('content-length') ?? 0) > options.most) throw tooLarge(source, options.most);
    let size = 0;
    const counted = async function* (pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const piece of pieces) {
        timer.refresh();
        size += piece.length;
        if (size > options.most) throw tooLarge(source, options.most);
        yield piece;
      }
    };
    await pipeline(Readable.fromWeb(response.body), counted, createWriteStream(to, { flags: 'wx' }), { signal });
  } catch (error) {
    if (error instanceof VoiceRefused || options.signal?.aborted) throw error;
    const reason = silence.signal.aborted ? 'no data came for too long' : reasonOf(error);
    throw new VoiceRefused(`${source} cannot be downloaded: ${reason}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** Follows redirects by itself, because each address on the way must be safe. */
async function answerOf(address: string, signal: AbortSignal, redirects = 0): Promise<Response> {
  demandSafe(address);
  const response = await fetch(address, { redirect: 'manual', signal });
  const next = response.headers.get('location');
  if (response.status < 300 || response.status > 399 || next === null) return response;
  await response.body?.cancel();
  if (redirects === MOST_REDIRECTS) throw new VoiceRefused(`${address} redirects too often`);
  return answerOf(new URL(next, address).href, signal, redirects + 1);
}

/** A model that was changed on its way could say anything, so only https is allowed from other machines. */
function demandSafe(address: string): void {
  const { protocol, hostname } = new URL(address);
  if (protocol === 'https:' || /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) return;
  throw new VoiceRefused(`${address} is not safe against changes on the way: use an https address`);
}

function tooLarge(source: string, most: number): VoiceRefused {
  return new VoiceRefused(`${source} is larger than ${Math.floor(most / 2 ** 20)} MB, the most that is allowed`);
}

/** `fetch` hides the reason, such as ECONNREFUSED, in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
