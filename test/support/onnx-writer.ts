/**
 * Writes small ONNX models by code (onnx.proto3, protobuf.dev "Encoding"), because no voice may be shipped
 * with the tests. Only what the models of `test-voices.ts` need.
 */

type Dimension = number | string;
type Attribute = number | string | readonly number[];

const FLOAT = 1;
const INT64 = 7;
const IR_VERSION = 8;
const OPSET_VERSION = 15;
/** AttributeProto.AttributeType. */
const A_FLOAT = 1;
const AN_INT = 2;
const A_STRING = 3;
const INTS = 7;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}

const int = (field: number, value: number): Buffer => Buffer.concat([varint(field * 8), varint(value)]);
const bytes = (field: number, value: Uint8Array | string): Buffer => {
  const content = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
};
const message = (field: number, ...parts: readonly Buffer[]): Buffer => bytes(field, Buffer.concat(parts));
const float = (field: number, value: number): Buffer => {
  const content = Buffer.alloc(4);
  content.writeFloatLE(value);
  return Buffer.concat([varint(field * 8 + 5), content]);
};

function attribute(name: string, value: Attribute): Buffer {
  const typed = (type: number, ...parts: readonly Buffer[]): Buffer =>
    message(5, bytes(1, name), ...parts, int(20, type));
  if (typeof value === 'string') return typed(A_STRING, bytes(4, value));
  if (typeof value !== 'number') return typed(INTS, ...value.map((one) => int(8, one)));
  return Number.isInteger(value) ? typed(AN_INT, int(3, value)) : typed(A_FLOAT, float(2, value));
}

function tensor(name: string, type: number, dimensions: readonly number[], data: Uint8Array): Buffer {
  return message(5, ...dimensions.map((one) => int(1, one)), int(2, type), bytes(8, name), bytes(9, data));
}

function valueInfo(field: number, name: string, type: number, dimensions: readonly Dimension[]): Buffer {
  const shape = dimensions.map((one) => message(1, typeof one === 'number' ? int(1, one) : bytes(2, one)));
  return message(field, bytes(1, name), message(2, message(1, int(1, type), message(2, ...shape))));
}

/** A model with the inputs and the output of a Piper voice. Each method returns the name of its result. */
export class VoiceModel {
  readonly #nodes: Buffer[] = [];
  readonly #initializers: Buffer[] = [];
  #names = 0;

  floats(dimensions: readonly number[], valueAt: (index: number) => number): string {
    const values = Float32Array.from({ length: dimensions.reduce((product, one) => product * one, 1) }, (_, i) =>
      valueAt(i),
    );
    return this.#initializer(FLOAT, dimensions, values);
  }

  integers(values: readonly number[]): string {
    return this.#initializer(INT64, [values.length], BigInt64Array.from(values, BigInt));
  }

  node(type: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const output = this.#name();
    this.#add(type, inputs, output, attributes);
    return output;
  }

  /** The file. The inputs that the sound does not depend on take part with a factor of zero. */
  bytes(sound: string): Buffer {
    const zero = this.floats([], () => 0);
    const scales = this.node('Mul', [this.node('ReduceSum', ['scales'], { keepdims: 0 }), zero]);
    const length = this.node('Cast', ['input_lengths'], { to: FLOAT });
    const lengths = this.node('Mul', [this.node('ReduceSum', [length], { keepdims: 0 }), zero]);
    this.#add('Add', [this.node('Add', [sound, scales]), lengths], 'output', {});
    const graph = message(
      7,
      ...this.#nodes,
      bytes(2, 'voice'),
      ...this.#initializers,
      valueInfo(11, 'input', INT64, ['batch', 'phonemes']),
      valueInfo(11, 'input_lengths', INT64, ['batch']),
      valueInfo(11, 'scales', FLOAT, [3]),
      valueInfo(12, 'output', FLOAT, ['batch', 'time', 'one', 'samples']),
    );
    const opset = message(8, bytes(1, ''), int(2, OPSET_VERSION));
    return Buffer.concat([int(1, IR_VERSION), bytes(2, 'burgernet tests'), graph, opset]);
  }

  #initializer(type: number, dimensions: readonly number[], values: Float32Array | BigInt64Array): string {
    const name = this.#name();
    const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#initializers.push(tensor(name, type, dimensions, data));
    return name;
  }

  #add(type: string, inputs: readonly string[], output: string, attributes: Readonly<Record<string, Attribute>>): void {
    const named = Object.entries(attributes).map(([name, value]) => attribute(name, value));
    this.#nodes.push(
      message(
        1,
        ...inputs.map((one) => bytes(1, one)),
        bytes(2, output),
        bytes(3, this.#name()),
        bytes(4, type),
        ...named,
      ),
    );
  }

  #name(): string {
    this.#names += 1;
    return `v${this.#names}`;
  }
}
