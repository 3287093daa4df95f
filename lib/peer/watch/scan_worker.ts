/**
 * The thread that scans folders.
 *
 * @module
 */

import { threadScope } from "../../async/thread_scope.ts";
import { reasonOf } from "../../errors.ts";
import type { ScanAnswer, ScanJob, ScanRequest, ScanSetting } from "./scan_job.ts";
import { Scanner } from "./scanner.ts";

const scope = threadScope<ScanRequest, ScanAnswer>();
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
