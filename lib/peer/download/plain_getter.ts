/**
 * Getting a file in clear, from one source at a time.
 *
 * @module
 */

import { AwakeTimer } from "../../async/awake.ts";
import { pause } from "../../async/pause.ts";
import { BitTrickleError } from "../../errors.ts";
import { type Address, formatAddress, isLoopback } from "../../protocol/address.ts";
import { escapeText } from "../../protocol/escape.ts";
import { DOWNLOAD_PATIENCE_MS, DOWNLOAD_TRIES } from "../../protocol/download_limits.ts";
import type { Source } from "../../protocol/messages.ts";
import type { GetOptions, GetterSetting, Gotten } from "./get_setting.ts";
import { askPatiently } from "../session/patient_ask.ts";
import { downloadPlain, isTheirs } from "./plain_download.ts";
import { assertName } from "../share/publisher.ts";
import { Target } from "./target.ts";

/** Pause before a failed download is tried again, in milliseconds. */
const BETWEEN_TRIES_MS = 500;

/**
 * Fetches in clear; when a source fails or leaves, the index is asked for one again.
 *
 * @throws {BitTrickleError} `usage`, `exists`, `refused` for a source on another machine, else as
 * {@linkcode downloadPlain}
 */
export async function getPlain(
  wanted: string,
  setting: GetterSetting,
  options: GetOptions,
): Promise<Gotten> {
  assertName("download", wanted, false);
  const target = new Target(setting.folder, options.as ?? wanted);
  if (!options.force) await target.assertFree();
  const { signal, patienceMs = DOWNLOAD_PATIENCE_MS, sourcePatienceMs = patienceMs } = options;
  let failure: BitTrickleError | undefined;
  let isOver = false;
  using patience = new AwakeTimer(Infinity, () => isOver = true);
  for (let tries = 0; tries < DOWNLOAD_TRIES;) {
    if (failure) await pause(BETWEEN_TRIES_MS, signal);
    const ask = () => setting.ask({ verb: "get", name: wanted });
    const reply = await askPatiently(ask, options);
    const source = reply.kind === "sources" ? reply.sources[0] : undefined;
    if (!source && !failure) return { kind: "nothing" };
    if (!source && isOver) break;
    if (!source) continue;
    tries++;
    try {
      return await fetchFrom(source, wanted, target, setting, options);
    } catch (error) {
      if (!(error instanceof BitTrickleError) || !isTheirs(error)) throw error;
      failure = error;
      patience.restart(sourcePatienceMs);
    }
  }
  const { code, message } = failure!;
  throw new BitTrickleError(code, `Cannot download "${escapeText(wanted)}": ${message}`);
}

async function fetchFrom(
  { ip, port, file }: Source,
  wanted: string,
  target: Target,
  { allowPlain, stallMs, limits }: GetterSetting,
  options: GetOptions,
): Promise<Gotten> {
  const source = { hostname: ip, port };
  assertMayFetch(source, allowPlain);
  const expected = { stallMs, limits, size: file?.details?.size };
  const size = await downloadPlain(wanted, source, target, { ...expected, ...options });
  return { kind: "downloaded", name: target.name, size, from: [formatAddress(source)], kept: 0 };
}

function assertMayFetch(address: Address, allowPlain = false): void {
  if (allowPlain || isLoopback(address.hostname)) return;
  const where = formatAddress(address);
  throw new BitTrickleError(
    "refused",
    `Will not fetch from ${where} in clear, where the network can read the file: add ` +
      "--allow-plain if you trust the network",
  );
}
