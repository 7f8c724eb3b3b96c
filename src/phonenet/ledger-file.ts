import { open } from 'node:fs/promises';
import { LedgerReader, type PhoneCall } from './ledger.js';

/** The ledger on disk. Each read continues where the last one ended. */
export class LedgerFile {
  readonly #reader: LedgerReader;
  #offset = 0;
  #reading: Promise<void> = Promise.resolve();

  constructor(
    readonly path: string,
    nameOf: (extension: string) => string,
  ) {
    this.#reader = new LedgerReader(nameOf);
  }

  /** Every call so far. */
  async calls(): Promise<readonly PhoneCall[]> {
    await this.#catchUp();
    return this.#reader.calls;
  }

  /** One call; undefined before it has begun. */
  async get(id: string): Promise<PhoneCall | undefined> {
    await this.#catchUp();
    return this.#reader.get(id);
  }

  #catchUp(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#readOn());
    return this.#reading;
  }

  async #readOn(): Promise<void> {
    const file = await open(this.path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (file === undefined) return;
    try {
      const { size } = await file.stat();
      if (size <= this.#offset) return;
      const bytes = Buffer.alloc(size - this.#offset);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, this.#offset);
      this.#offset += bytesRead;
      // The ledger is ASCII: names and headers are URI-encoded in it.
      this.#reader.add(bytes.toString('latin1', 0, bytesRead));
    } finally {
      await file.close();
    }
  }
}
