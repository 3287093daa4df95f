/**
 * What the thread of the HTTP server and the thread of the index say to each other.
 *
 * @module
 */

import { BitTrickleError, type ErrorCode, messageOf } from "../../errors.ts";
import type { TlsCertificate } from "../../net/connection_listener.ts";
import type { Address } from "../../protocol/address.ts";
import type { Questions } from "./backend.ts";
import type { StreamEvent } from "./event_streams.ts";
import type { AdminAction } from "../log/log_text.ts";

/** What may become another while the HTTP server runs. */
export interface HttpSecrets {
  readonly certificate?: TlsCertificate;
  /** The access token. */
  readonly token?: string;
}

/** How the HTTP server is to be reached. */
export interface HttpConfig extends HttpSecrets {
  readonly address: Address;
  /** The credentials file, beside which the administrator's password is kept. */
  readonly credentials: string;
  /** By which names it may be called besides its address. */
  readonly names: readonly string[];
}

/** The name of a question. */
export type QuestionName = keyof Questions;

/** A question, whose answer has its number. */
export interface Question {
  readonly kind: "question";
  readonly number: number;
  readonly name: QuestionName;
  readonly args: readonly unknown[];
}

/** A failure, as it goes from one thread to another. */
export interface Fault {
  readonly code: ErrorCode | undefined;
  readonly message: string;
}

/** To the thread of the HTTP server. */
export type ToHttp =
  | { readonly kind: "start"; readonly config: HttpConfig }
  /** Goes on with another certificate, or another token. */
  | { readonly kind: "renew"; readonly secrets: HttpSecrets }
  | { readonly kind: "answer"; readonly number: number; readonly value: unknown }
  | { readonly kind: "answer"; readonly number: number; readonly fault: Fault }
  | { readonly kind: "events"; readonly events: readonly StreamEvent[] };

/** From the thread of the HTTP server. */
export type FromHttp =
  | Question
  | { readonly kind: "listening"; readonly address: Address }
  | { readonly kind: "failed"; readonly fault: Fault }
  | { readonly kind: "watch"; readonly isWatched: boolean }
  | { readonly kind: "action"; readonly action: AdminAction };

/** What is told of `error`. */
export function faultOf(error: unknown): Fault {
  const code = error instanceof BitTrickleError ? error.code : undefined;
  return { code, message: messageOf(error) };
}

/** The error of which `fault` was told. */
export function errorOf({ code, message }: Fault): Error {
  return code === undefined ? new Error(message) : new BitTrickleError(code, message);
}
