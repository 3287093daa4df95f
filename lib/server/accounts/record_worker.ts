/**
 * A thread that makes records of passwords: stretching one keeps a processor busy for a third of a
 * second.
 *
 * @module
 */

import { threadScope } from "../../async/thread_scope.ts";
import { ready } from "@serenity-kit/opaque";
import { technicalReason } from "../../system_fault.ts";
import { registerPassword } from "../../index/login/login_records.ts";

/** What the thread is to make a record of. */
export interface RecordRequest {
  /** The server's long-term key. */
  readonly setup: string;
  readonly user: string;
  readonly password: string;
}

/** What comes of it. */
export type RecordReply = { readonly record: string } | { readonly fault: string };

const scope = threadScope<RecordRequest, RecordReply>();

scope.onmessage = async ({ data: { setup, user, password } }) => {
  await ready;
  try {
    scope.postMessage({ record: registerPassword(setup, user, password, "strong") });
  } catch (error) {
    scope.postMessage({ fault: technicalReason(error) });
  }
};
