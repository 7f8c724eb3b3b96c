import { open, type FileHandle } from 'node:fs/promises';

/**
 * The small part of the ONNX format that an installation needs (onnx.proto3: message ModelProto). A model is
 * a protobuf message: a list of fields, each with a number and, here, a varint or a length with as many
 * bytes.
 */

/** `ModelProto.graph`, `ModelProto.opset_import` and `ModelProto.metadata_props`. */
const GRAPH = 7;
const OPSET = 8;
const METADATA = 14;
/** Wire types (protobuf.dev, Encoding). */
const VARINT = 0;
const BYTES = 2;
/** A field number and a length take at most this many bytes. */
const HEAD = 20;

/**
 * Undefined for a whole ONNX model; else the reason. Reads only the heads of the fields, so a large file
 * takes no longer. The runtime would end its process on a file that is cut short.
 */
export async function problemOfModel(path: string): Promise<string | undefined> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const start = await bytesAt(file, 0, 64);
    if (/^\s*(?:<|\{)/.test(start.toString('latin1')))
      return 'it is a page of text, not a model: use the address that downloads the file itself';
    return await problemOfFields(file, size);
  } finally {
    await file.close();
  }
}

async function problemOfFields(file: FileHandle, size: number): Promise<string | undefined> {
  const seen = new Set<number>();
  let at = 0;
  while (at < size) {
    const head = await bytesAt(file, at, HEAD);
    const key = varint(head, 0);
    const value = key && varint(head, key.end);
    const wire = key && key.value % 8;
    if (!key || !value || key.value < 8 || (wire !== VARINT && wire !== BYTES)) return 'it is not an ONNX model';
    seen.add(Math.floor(key.value / 8));
    at += value.end + (wire === BYTES ? value.value : 0);
  }
  if (at > size) return 'it is not complete: the end of the file is missing';
  return seen.has(GRAPH) && seen.has(OPSET) ? undefined : 'it is not an ONNX model';
}

/**
 * Bytes that give a model these properties when they are appended to its file. A field that repeats may
 * be anywhere in a protobuf message, and of two properties with one name the last one counts.
 */
export function metadataBytes(properties: Readonly<Record<string, string | number>>): Uint8Array {
  const entries = Object.entries(properties).map(([name, value]) =>
    field(METADATA, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(String(value)))])),
  );
  return Buffer.concat(entries);
}

const field = (number: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([written(number * 8 + BYTES), written(bytes.length), bytes]);

function written(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; bytes.length === 0 || rest > 0; rest = Math.floor(rest / 128))
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
  return Buffer.from(bytes);
}

/** The varint at this place and the place after it; undefined when there is none, or it is out of range. */
function varint(bytes: Uint8Array, from: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let at = from; at < bytes.length && at < from + 8; at += 1) {
    const byte = bytes[at] ?? 0;
    value += (byte % 128) * 128 ** (at - from);
    if (byte < 128) return Number.isSafeInteger(value) ? { value, end: at + 1 } : undefined;
  }
  return undefined;
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
