/**
 * Opening what is there of a file, once its hashes are known: those of a small file follow from its
 * id, those of others come from a source.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { MAX_PIECES } from "../../protocol/limits.ts";
import { isLayerOf, pieceCount } from "../../protocol/merkle.ts";
import { PartialDownload, type PartialDownloadOptions } from "./partial_download.ts";
import type { Wanted } from "./piece_file.ts";
import type { Target } from "./target.ts";

/** What a {@linkcode PartialOpener} works with. */
export interface PartialOpenerSetting extends PartialDownloadOptions {
  readonly target: Target;
  readonly wanted: Wanted;
  readonly onOpen: () => void;
  /** Hears why it cannot be opened. */
  readonly onFailure: (error: unknown) => void;
}

/** Opens the partial download of one file, once. */
export class PartialOpener {
  readonly #setting: PartialOpenerSetting;
  #opening: Promise<PartialDownload> | undefined;
  #partial: PartialDownload | undefined;

  constructor(setting: PartialOpenerSetting) {
    this.#setting = setting;
  }

  /** The file in the making, once its hashes are known. */
  get opening(): Promise<PartialDownload> | undefined {
    return this.#opening;
  }

  /** The file in the making, once it is open. */
  get partial(): PartialDownload | undefined {
    return this.#partial;
  }

  /** Begins if the file is so small that its id tells its hashes. */
  beginIfSmall(): void {
    const { size, id } = this.#setting.wanted;
    const layer = layerOfSmall(this.#setting.wanted);
    if (isLayerOf(layer, size, id)) this.#open(layer);
  }

  /**
   * Begins with the hashes that a source has sent.
   *
   * @throws {BitTrickleError} `unverified` if they are not the file's
   */
  begin(layer: Uint8Array): void {
    const { size, id } = this.#setting.wanted;
    if (pieceCount(size) > MAX_PIECES) throw unverified("no file is as large as it says");
    if (!isLayerOf(layer, size, id)) throw unverified("its hashes are not those of the file");
    this.#open(layer);
  }

  #open(layer: Uint8Array): void {
    if (this.#opening) return;
    const { target, wanted, onOpen, onFailure } = this.#setting;
    this.#opening = PartialDownload.open(target, wanted, layer, this.#setting);
    this.#opening.then((partial) => {
      this.#partial = partial;
      onOpen();
    }, onFailure);
  }
}

/** The layer of a file of at most one piece: its id, or nothing if it is empty. */
function layerOfSmall({ size, id }: Wanted): Uint8Array {
  return size === 0 ? new Uint8Array() : Uint8Array.fromHex(id);
}

function unverified(reason: string): BitTrickleError {
  return new BitTrickleError("unverified", reason);
}
