/**
 * Passing a file on to a reader, by its name or id: no copy of it is kept.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { type ByteRange, type Span, spanOf } from "../../protocol/byte_range.ts";
import { parseContent } from "../../protocol/content.ts";
import { escapeText } from "../../protocol/escape.ts";
import { MOST_REPLACED } from "../../protocol/download_limits.ts";
import type { Ask } from "../session/index_session.ts";
import { askPatiently } from "../session/patient_ask.ts";
import { assertName } from "../share/publisher.ts";
import { type Content, contentsOf, sealedSources } from "./candidates.ts";
import type { ConnectionPool } from "./connection_pool.ts";
import { download } from "./download.ts";
import type { DownloadOptions } from "./download_setting.ts";
import { isDoubtful } from "./getter.ts";
import { findAgain, findServed, type FoundSources } from "./source_query.ts";
import { type ByteSink, StreamedDownload } from "./streamed_download.ts";

/** How a file is passed on. */
export interface StreamOptions extends DownloadOptions {
  /** Which part of it. @default all */
  readonly range?: ByteRange | undefined;
}

/** What came of it. */
export type Streamed =
  | { readonly kind: "streamed"; readonly bytes: number }
  /** Nobody who is active publishes it. */
  | { readonly kind: "nothing" }
  /** The name stands for several files. */
  | { readonly kind: "choices"; readonly choices: readonly Content[] };

/** What a {@linkcode FileStream} works with. */
export interface FileStreamSetting {
  readonly ask: Ask;
  /** See {@linkcode DownloadSetting}. */
  readonly moves: () => number;
  readonly isSealed: boolean;
  readonly connections: ConnectionPool;
}

/** Passes one file on, from its first byte to its last. */
export class FileStream {
  readonly #setting: FileStreamSetting;
  readonly #wanted: string;
  readonly #sink: ByteSink;
  readonly #options: StreamOptions;
  #hasBegun = false;

  constructor(setting: FileStreamSetting, wanted: string, sink: ByteSink, options: StreamOptions) {
    this.#setting = setting;
    this.#wanted = wanted;
    this.#options = options;
    this.#sink = async (bytes) => {
      this.#hasBegun = true;
      await sink(bytes);
    };
  }

  /**
   * Passes on the file called `wanted`, or the content that is meant by it, see
   * {@linkcode parseContent}. Only bytes that are verified reach the sink. If the file of that name
   * changes before the first of them does, it is the new one.
   *
   * @throws {BitTrickleError} `usage` for a name that no file has or a range that the file has not,
   * `refused` where nothing can be verified, `changed`, what the sink threw, else as
   * {@linkcode download}
   */
  async run(): Promise<Streamed> {
    if (!this.#setting.isSealed) throw this.#unverifiable();
    if (!parseContent(this.#wanted)) assertName("read", this.#wanted, true);
    for (let replaced = 0; replaced <= MOST_REPLACED && !this.#hasBegun; replaced++) {
      const streamed = await this.#runOnce();
      if (streamed !== "replaced") return streamed;
    }
    const what = `"${escapeText(this.#wanted)}" was changed meanwhile`;
    throw new BitTrickleError("changed", `${what}: what came is of the old one, so begin anew`);
  }

  async #runOnce(): Promise<Streamed | "replaced"> {
    const { signal } = this.#options;
    const ask = () => findServed(this.#setting.ask, this.#wanted, signal);
    const found = await askPatiently(ask, this.#options);
    const contents = contentsOf(found.sources, this.#wanted);
    const [content] = contents;
    if (contents.length > 1 || content && isDoubtful(content, this.#wanted)) {
      return { kind: "choices", choices: contents };
    }
    if (content) return await this.#pass(content, found);
    if (found.sources.length > 0) throw this.#unverifiable();
    return { kind: "nothing" };
  }

  async #pass(content: Content, { sources, since }: FoundSources): Promise<Streamed | "replaced"> {
    const { ask, connections, moves } = this.#setting;
    const span = this.#spanOf(content);
    const find = (mayBeReplaced: boolean) => findAgain(ask, this.#wanted, content, mayBeReplaced);
    const open = StreamedDownload.into(this.#sink, content, span, this.#options.signal);
    const setting = { wanted: content, open, connections, find, moves };
    const first = sealedSources(sources, content, since);
    if (await download(setting, first, this.#options) === "replaced") return "replaced";
    return { kind: "streamed", bytes: span.end - span.start };
  }

  /** @throws {BitTrickleError} `usage` */
  #spanOf({ size }: Content): Span {
    const { range } = this.#options;
    if (!range) return { start: 0, end: size };
    const span = spanOf(range, size);
    if (span) return span;
    const what = `"${escapeText(this.#wanted)}" has ${size} bytes`;
    throw new BitTrickleError("usage", `${what}, and none in that range`);
  }

  #unverifiable(): BitTrickleError {
    const what = `Cannot read "${escapeText(this.#wanted)}"`;
    const reason = "it comes in the plain protocol, in which nothing can be verified";
    return new BitTrickleError("refused", `${what}: ${reason}; use get`);
  }
}
