/**
 * The thread that scans folders.
 *
 * @module
 */

import { reasonOf } from "../../errors.ts";
import type { ScanAnswer, ScanJob, ScanRequest, ScanSetting } from "./scan_job.ts";
import { Scanner } from "./scanner.ts";

/** The part of a worker's global scope that is used here; the types of Deno are those of a window. */
interface WorkerScope {
  onmessage: (event: MessageEvent<ScanRequest>) => void;
  postMessage(answer: ScanAnswer): void;
}

const scope = globalThis as unknown as WorkerScope;
let setting: ScanSetting;
let scanner: Scanner | undefined;

scope.onmessage = ({ data }) => {
  if ("setting" in data) setting = data.setting;
  else scope.postMessage(answerTo(data.job));
};

function answerTo(job: ScanJob): ScanAnswer {
  try {
    scanner ??= new Scanner(setting);
    return { reply: scanner.scan(job) };
  } catch (error) {
    return { fault: reasonOf(error) };
  }
}
