/**
 * What others are told and served of a download while it goes on, and for a while after.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import type { ContentKey } from "../../protocol/content.ts";
import { pieceCount } from "../../protocol/merkle.ts";
import { LEAST_SWARM_PIECES } from "../../protocol/swarm_limits.ts";
import type { Ask } from "../session/index_session.ts";
import type { FileState } from "../share/file_state.ts";
import type { ServedContent } from "../share/served_content.ts";
import type { UnfinishedFiles } from "../share/unfinished_files.ts";

/** What a {@linkcode DownloadShare} works with. */
export interface DownloadShareSetting {
  readonly ask: Ask;
  readonly unfinishedFiles: UnfinishedFiles;
  /** What is downloaded. */
  readonly content: ContentKey;
  /** What it will be called in the shared folder. */
  readonly name: string;
}

/** Shares one download; one that is too small to be worth it is not shared. */
export class DownloadShare {
  readonly #setting: DownloadShareSetting;
  #file: ServedContent | undefined;

  constructor(setting: DownloadShareSetting) {
    this.#setting = setting;
  }

  /** Begins to serve `file`. */
  begin(file: ServedContent): void {
    if (pieceCount(file.size) < LEAST_SWARM_PIECES) return;
    this.#file = file;
    this.#setting.unfinishedFiles.add(file);
    this.tell();
  }

  /**
   * Tells the index who serves the file in part, if it is served: before there is a piece, so that
   * those who begin together find each other at once. Never rejects: it is told again.
   */
  async tell(): Promise<void> {
    if (this.#file) await this.#say("have");
  }

  /** Serves the complete file on, which is in the shared folder by now, while somebody fetches it. */
  finish(file: ServedContent, state: FileState): void {
    if (!this.#file) return;
    const { unfinishedFiles, name, content: { id } } = this.#setting;
    this.#file = undefined;
    unfinishedFiles.linger(file, { name, id, layer: file.layer, state }).then(() => this.#lack());
  }

  /** Serves `file` no more, if it is served. */
  end(file: ServedContent): void {
    if (!this.#file) return;
    this.#file = undefined;
    this.#setting.unfinishedFiles.remove(file);
    this.#lack();
  }

  /** Another download of the same may still be served. */
  async #lack(): Promise<void> {
    const { unfinishedFiles, content } = this.#setting;
    if (!unfinishedFiles.withContent(content)) await this.#say("lack");
  }

  async #say(verb: "have" | "lack"): Promise<void> {
    const { ask, content: { id, size } } = this.#setting;
    try {
      await ask({ verb, content: { id, size } });
    } catch (error) {
      if (!(error instanceof BitTrickleError)) throw error;
    }
  }
}
