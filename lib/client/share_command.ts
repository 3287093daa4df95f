/**
 * `share`: publishes folders and stays.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../errors.ts";
import type { Peer } from "../peer/peer.ts";
import type { Skipped } from "../peer/share/list_tree.ts";
import { ROOT } from "../peer/share/typed_name.ts";
import type { ShareChange } from "../peer/watch/change_queue.ts";
import type { FolderShare, FolderShareOptions, Shared } from "../peer/watch/folder_share.ts";
import type { CommandOptions } from "./command_options.ts";
import { countFiles, type Outcome } from "./outcome.ts";
import { leftOut } from "./pub_command.ts";
import { inMoreTime, notifyService } from "./service_notice.ts";

/** What is said of a change. */
const SAID: Readonly<Record<ShareChange["kind"], string>> = {
  published: "Published",
  changed: "Published as it is now",
  withdrawn: "Withdrawn",
  skipped: "Skipped",
};

/** Publishes what `args` name, or all of the shared folder, and goes on until it is stopped. */
export async function runShare(
  peer: Peer,
  args: readonly string[],
  options: CommandOptions,
): Promise<Outcome> {
  const { signal } = options;
  const names = args.length > 0 ? args : [ROOT];
  try {
    await using share = await peer.share(shareOptions(names, options));
    await stay(share, names, options);
  } catch (error) {
    // To be stopped is how it ends.
    if (!signal?.aborted) throw error;
  }
  if (signal?.reason instanceof BitTrickleError) throw signal.reason;
  await notifyService("STOPPING=1").catch(() => {});
  return { lines: ["Stopped sharing"], fields: {} };
}

async function stay(
  share: FolderShare,
  names: readonly string[],
  { watch, poll, signal = new AbortController().signal, onHappening, onNote }: CommandOptions,
): Promise<void> {
  const isWatching = watch || poll || false;
  const what = names.map((name) => name === ROOT ? "all of the folder" : name).join(", ");
  onHappening?.(`Sharing ${what}`, "sharing", { names, watching: isWatching });
  const shared = await inMoreTime(() => share.publish({ signal }));
  onHappening?.(readyLine(shared), "ready", readyFields(shared));
  for (const it of shared.skipped) tell({ kind: "skipped", ...it }, onHappening);
  for (const name of shared.withdrawn) tell({ kind: "withdrawn", name }, onHappening);
  await notifyService("READY=1").catch((error) => {
    onNote?.(`The service manager cannot be told that this is ready: ${reasonOf(error)}`);
  });
  if (isWatching) await share.watch(signal);
  await stopped(signal);
}

function shareOptions(names: readonly string[], options: CommandOptions): FolderShareOptions {
  const { include, exclude, watch, poll, onHappening, onNote } = options;
  return {
    ...{ names, include, exclude },
    isWatching: watch || poll,
    isPolling: poll,
    onChange: (change) => tell(change, onHappening),
    onAway: ({ name, reason }: Skipped) => {
      onNote?.(`"${name}" cannot be looked at, and what is published of it stays so: ${reason}`);
    },
    onBack: (name) => onNote?.(`"${name}" can be looked at again`),
    onNoHints: (reason) => {
      onNote?.(
        `The system tells of no changes (${reason}): all files are looked at again and again`,
      );
    },
    onTrouble: (error) => {
      onNote?.(`The index does not take changes, which are told again later: ${reasonOf(error)}`);
    },
  };
}

function tell(change: ShareChange, onHappening: CommandOptions["onHappening"]): void {
  const { kind, name } = change;
  const said = `${SAID[kind]} "${name}"`;
  if (change.kind !== "skipped") return onHappening?.(said, "shared", { change: kind, name });
  const { code, reason } = change;
  onHappening?.(`${said}: ${reason}`, "shared", { change: kind, name, code, message: reason });
}

function readyLine({ published, changing, ignored }: Shared): string {
  const rest = changing > 0 ? `, ${changing} that may be changing still to come` : "";
  return `Ready: ${countFiles(published)} published${leftOut(ignored)}${rest}`;
}

function readyFields({ published, changing, ignored, skipped, withdrawn }: Shared) {
  const counts = { skipped: skipped.length, withdrawn: withdrawn.length };
  return { published, changing, ignored, ...counts };
}

/** Resolves when `signal` fires. */
async function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}
