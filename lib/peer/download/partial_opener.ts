/**
 * Opening what is there of a file, once its hashes are known: those of a small file follow from its
 * id, those of others come from a source.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { MAX_PIECES } from "../../protocol/limits.ts";
import { isLayerOf, pieceCount } from "../../protocol/merkle.ts";
import type { OpenReceiver, PieceReceiver, ReceiverOptions } from "./download_setting.ts";
import type { Wanted } from "./piece_file.ts";

/** What a {@linkcode PartialOpener} works with. */
export interface PartialOpenerSetting<T> extends ReceiverOptions {
  readonly wanted: Wanted;
  readonly open: OpenReceiver<T>;
  readonly onOpen: () => void;
}

/** Opens the partial download of one file, once. */
export class PartialOpener<T> {
  readonly #setting: PartialOpenerSetting<T>;
  #opening: Promise<PieceReceiver<T>> | undefined;
  #partial: PieceReceiver<T> | undefined;

  constructor(setting: PartialOpenerSetting<T>) {
    this.#setting = setting;
  }

  /** The file in the making, once its hashes are known. */
  get opening(): Promise<PieceReceiver<T>> | undefined {
    return this.#opening;
  }

  /** The file in the making, once it is open. */
  get partial(): PieceReceiver<T> | undefined {
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
    const { open, onOpen, onFailure } = this.#setting;
    this.#opening = open(layer, this.#setting);
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
