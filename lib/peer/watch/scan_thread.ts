/**
 * Scanning in a thread of its own, which may wait for a network drive as long as that takes.
 *
 * @module
 */

import { BitTrickleError, interrupted, reasonOf } from "../../errors.ts";
import type { ScanAnswer, ScanJob, ScanReply, ScanRequest, ScanSetting } from "./scan_job.ts";

/** Scans, one job at a time. */
export class ScanThread implements Disposable {
  readonly #worker: Worker;
  #answer: PromiseWithResolvers<ScanReply> | undefined;
  #isDisposed = false;

  constructor(setting: ScanSetting) {
    this.#worker = new Worker(new URL("./scan_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<ScanAnswer>) => {
      if ("reply" in data) this.#answer?.resolve(data.reply);
      else this.#fail(data.fault);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(reasonOf(event.error ?? event.message));
    };
    this.#post({ setting });
  }

  /**
   * Scans once.
   *
   * @throws {BitTrickleError} `interrupted` if this is disposed of before it is done; `disk` if it
   * cannot be done at all
   */
  async scan(job: ScanJob): Promise<ScanReply> {
    if (this.#isDisposed) throw interrupted();
    this.#answer = Promise.withResolvers();
    this.#post({ job });
    return await this.#answer.promise;
  }

  /** Ends the thread, and the scan that it is at. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#worker.terminate();
    this.#answer?.reject(interrupted());
  }

  #post(request: ScanRequest): void {
    this.#worker.postMessage(request);
  }

  #fail(reason: string): void {
    this.#answer?.reject(new BitTrickleError("disk", `Cannot watch the folder: ${reason}`));
  }
}
