/**
 * Scanning in a thread of its own, which may wait for a network drive as long as that takes.
 *
 * @module
 */

import { BitTrickleError, interrupted, reasonOf } from "../../errors.ts";
import type { ScanJob, ScanReply, ScanSetting } from "./scan_job.ts";
import { Scanner } from "./scanner.ts";

/** What the thread is told: what to scan, before all else; then one job after the other. */
type ScanRequest = { readonly setting: ScanSetting } | { readonly job: ScanJob };

/** What it answers to each job. */
type ScanAnswer = { readonly reply: ScanReply } | { readonly fault: string };

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

/** The part of a worker's global scope that is used here; the types of Deno are those of a window. */
interface WorkerScope {
  onmessage: (event: MessageEvent<ScanRequest>) => void;
  postMessage(answer: ScanAnswer): void;
}

/** The other end: called once, in the thread. */
export function serveScans(): void {
  const scope = globalThis as unknown as WorkerScope;
  let setting: ScanSetting;
  let scanner: Scanner | undefined;
  scope.onmessage = ({ data }) => {
    if ("setting" in data) {
      setting = data.setting;
      return;
    }
    try {
      scanner ??= new Scanner(setting);
      scope.postMessage({ reply: scanner.scan(data.job) });
    } catch (error) {
      scope.postMessage({ fault: reasonOf(error) });
    }
  };
}
