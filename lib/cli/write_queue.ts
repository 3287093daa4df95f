/**
 * Writing to a file in order, while everything else goes on: whoever reads it may be slow, or never
 * read at all.
 *
 * @module
 */

/** What bytes are written to: a part at a time. */
export interface ByteStream {
  write(bytes: Uint8Array): Promise<number>;
}

/** Bytes on their way to the streams of one file. */
export class WriteQueue {
  #last: Promise<void> = Promise.resolve();
  #bytes = 0;

  /** How many bytes are not taken yet. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Writes `bytes` after all that was added before. Rejects with what the system throws. */
  async add(stream: ByteStream, bytes: Uint8Array): Promise<void> {
    this.#bytes += bytes.length;
    const adding = this.#last.then(() => writeAll(stream, bytes));
    this.#last = adding.catch(() => {});
    try {
      await adding;
    } finally {
      this.#bytes -= bytes.length;
    }
  }

  /** Waits until all that was added is written, or cannot be. */
  async written(): Promise<void> {
    await this.#last;
  }

  /** Waits for nothing that was added so far: nobody will take it. */
  forget(): void {
    this.#last = Promise.resolve();
  }
}

async function writeAll(stream: ByteStream, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await stream.write(bytes.subarray(done));
}
