/**
 * One upload over protocol 1: a connection that asked for a file, and that file.
 *
 * @module
 */

import type { FileHandle } from "node:fs/promises";
import type { Connection } from "../../net/connection.ts";
import { COPY_BYTES } from "../../protocol/limits.ts";
import { FILE_NOT_FOUND } from "../../protocol/plain_transfer.ts";

/** Sends one file over one connection, from the first byte to the last. */
export class PlainUpload implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #file: FileHandle;
  #hasBegun = false;
  #trickling: Promise<unknown> = Promise.resolve();

  constructor(connection: Connection, file: FileHandle) {
    this.#connection = connection;
    this.#file = file;
  }

  /**
   * Sends a single byte of the file while the upload waits for its turn, which shows the downloader
   * that this peer is alive, in a protocol that has no words for it. Returns whether the upload goes
   * on: not if that was all, or if the downloader has left.
   */
  trickle(): Promise<boolean> {
    const byte = new Uint8Array(1);
    const next = this.#trickling.then(() => this.#sendNext(byte)).catch(() => false);
    this.#trickling = next;
    return next;
  }

  /** Says that there is no such file, if nothing of it has been sent yet. */
  async refuseUnlessBegun(): Promise<void> {
    await this.#trickling;
    if (!this.#hasBegun) await this.#connection.write(new TextEncoder().encode(FILE_NOT_FOUND));
  }

  /**
   * Sends the rest of the file.
   *
   * @throws {BitTrickleError} of the connection, or what the disk threw
   */
  async run(): Promise<void> {
    await this.#trickling;
    const buffer = new Uint8Array(COPY_BYTES);
    while (await this.#sendNext(buffer));
  }

  /** Closes the connection, which tells the downloader that this was all, and the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    await this.#trickling;
    await this.#file.close();
  }

  async #sendNext(buffer: Uint8Array): Promise<boolean> {
    const { bytesRead } = await this.#file.read(buffer, 0, buffer.length);
    if (bytesRead === 0) return false;
    this.#hasBegun = true;
    await this.#connection.write(buffer.subarray(0, bytesRead));
    return true;
  }
}
