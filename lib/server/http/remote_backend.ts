/**
 * The index, as the thread of the HTTP server knows it.
 *
 * @module
 */

import { withTimeout } from "../../async/with_timeout.ts";
import { BitTrickleError } from "../../errors.ts";
import type { Backend } from "./backend.ts";
import { RecentAnswer } from "./recent_answer.ts";
import { errorOf, type FromHttp, type QuestionName, type ToHttp } from "./worker_messages.ts";
import type { AdminAction } from "../log/log_text.ts";

/** How long the index may take for an answer, in milliseconds: a search of a large one needs a while. */
const ANSWER_MS = 10_000;

type Answer = Extract<ToHttp, { readonly kind: "answer" }>;

/** Asks by messages. */
export class RemoteBackend implements Backend {
  readonly #send: (message: FromHttp) => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #questions = 0;
  // A flood of requests stays in this thread.
  readonly #status = new RecentAnswer(() => this.#ask<string>("status"));
  readonly #history = new RecentAnswer(() => this.#ask<string>("history"));
  readonly #metrics = new RecentAnswer(() => this.#ask<string>("metrics"));
  readonly #fault = new RecentAnswer(() => this.#ask<string | undefined>("fault"));

  constructor(send: (message: FromHttp) => void) {
    this.#send = send;
  }

  /** Takes in an answer. */
  take(answer: Answer): void {
    const waiting = this.#waiting.get(answer.number);
    if ("fault" in answer) waiting?.reject(errorOf(answer.fault));
    else waiting?.resolve(answer.value);
  }

  watch(isWatched: boolean): void {
    this.#send({ kind: "watch", isWatched });
  }

  tell(action: AdminAction): void {
    this.#send({ kind: "action", action });
  }

  status = () => this.#status.get();
  history = () => this.#history.get();
  search = (text: string, after: string | undefined) => this.#ask<string>("search", text, after);
  metrics = () => this.#metrics.get();
  fault = () => this.#fault.get();
  invite = (user: string, seconds: number) => this.#ask<string>("invite", user, seconds);
  revoke = (user: string) => this.#ask<void>("revoke", user);
  invitations = () => this.#ask<string>("invitations");
  disable = (user: string) => this.#ask<void>("disable", user);
  enable = (user: string) => this.#ask<void>("enable", user);
  remove = (user: string) => this.#ask<void>("remove", user);
  users = () => this.#ask<string>("users");

  async #ask<T>(name: QuestionName, ...args: readonly unknown[]): Promise<T> {
    const number = ++this.#questions;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(number, answer);
    this.#send({ kind: "question", number, name, args });
    try {
      const value = await withTimeout(answer.promise.then((value) => ({ value })), ANSWER_MS);
      if (value) return value.value as T;
    } finally {
      this.#waiting.delete(number);
    }
    throw new BitTrickleError("timeout", "The index has not answered for a while");
  }
}
