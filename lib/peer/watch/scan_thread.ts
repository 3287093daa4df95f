/**
 * Scanning in a thread of its own, which may wait for a network drive as long as that takes.
 *
 * @module
 */

import { listenTo } from "../../async/thread_link.ts";
import { BitTrickleError, interrupted } from "../../errors.ts";
import type { ScanAnswer, ScanJob, ScanReply, ScanRequest, ScanSetting } from "./scan_job.ts";

/** Scans, one job at a time. */
export class ScanThread implements Disposable {
  readonly #worker: Worker;
  #answer: PromiseWithResolvers<ScanReply> | undefined;
  /** Why nothing is answered any more. */
  #end: BitTrickleError | undefined;

  constructor(setting: ScanSetting) {
    const url = new URL("./scan_worker.ts", import.meta.url);
    this.#worker = listenTo<ScanAnswer>(new Worker(url, { type: "module" }), {
      onReply: (answer) => {
        if ("reply" in answer) this.#answer?.resolve(answer.reply);
        else this.#answer?.reject(cannotWatch(answer.fault));
      },
      onBroken: (reason) => {
        this.#end = cannotWatch(`unexpected fault (${reason})`);
        this.#answer?.reject(this.#end);
      },
    });
    this.#post({ setting });
  }

  /**
   * Scans once.
   *
   * @throws {BitTrickleError} `interrupted` if this is disposed of before it is done; `disk` if it
   * cannot be done at all
   */
  async scan(job: ScanJob): Promise<ScanReply> {
    if (this.#end) throw this.#end;
    this.#answer = Promise.withResolvers();
    this.#post({ job });
    return await this.#answer.promise;
  }

  /** Ends the thread, and the scan that it is at. */
  [Symbol.dispose](): void {
    this.#end = interrupted();
    this.#worker.terminate();
    this.#answer?.reject(this.#end);
  }

  #post(request: ScanRequest): void {
    this.#worker.postMessage(request);
  }
}

function cannotWatch(reason: string): BitTrickleError {
  return new BitTrickleError("disk", `Cannot watch the folder: ${reason}`);
}
