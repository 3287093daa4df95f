/**
 * Which tests there are, and what each kind needs.
 *
 * @module
 */

import { walk } from "@std/fs/walk";
import { fromFileUrl } from "@std/path";

/**
 * `pure` ones only compute, and may take as long as they like. `measuring` ones measure how fast
 * something is, and `steady` ones too, at a rate so low that three of them do not disturb each other.
 * `browser` ones drive one. Of all others, `patient` ones wait nearly all the time.
 */
export type Kind = "pure" | "busy" | "patient" | "browser" | "measuring" | "steady";

const WITHOUT_PERMISSIONS = 'permissions: "none"';
const IN_BROWSER = "support/browser.ts";
/** What a test is known by that waits, or tells the time. */
const TIMED = /performance\.now|Date\.now|setTimeout|\b(?:delay|block|waitFor|withTimeout)\(/;
/** And one that uses the disk, a socket or another program, where locks and answers have their time. */
const OUTSIDE = /support\/permission\.ts|TestIndex|etcd/i;

const MEASURING = [
  "e2e/crowded_login_test.ts",
  "e2e/flood_test.ts",
  "e2e/many_sources_test.ts",
  "e2e/roaming_test.ts",
  "e2e/slow_http_test.ts",
];
const STEADY = [
  "peer/devices_model_test.ts",
  "e2e/limits_test.ts",
  "e2e/low_limits_test.ts",
  "net/rate_limit_test.ts",
];
/** Take about a fifth of a core, or less. The longest come first. */
const PATIENT = [
  "peer/watch/folder_share_test.ts",
  "e2e/sleep_test.ts",
  "e2e/link_down_test.ts",
  "peer/session/fleet_test.ts",
  "peer/session/moving_test.ts",
  "peer/session/session_waits_test.ts",
  "peer/session/sealed_session_test.ts",
  "peer/session/forged_answers_test.ts",
  "e2e/progress_log_test.ts",
  "peer/download/partial_sources_test.ts",
  "peer/session/oracle_test.ts",
  "e2e/hanging_disk_test.ts",
  "fleet/etcd_failures_test.ts",
  "peer/download/endless_waits_test.ts",
  "fleet/membership_test.ts",
  "peer/upload/asking_test.ts",
  "peer/watch/change_queue_test.ts",
  "peer/session/late_answers_test.ts",
  "async/awake_test.ts",
];
/** Begin first of all that are busy: none of them is left alone at the end. */
const LONGEST = [
  "e2e/jobs_test.ts",
  "e2e/share_test.ts",
  "e2e/swarm_test.ts",
  "e2e/terminal_progress_test.ts",
  "e2e/invitation_test.ts",
  "nemesis/nemesis_test.ts",
  "e2e/moving_test.ts",
  "e2e/passwd_test.ts",
  "e2e/discovery_test.ts",
  "e2e/published_trees_test.ts",
  "e2e/crash_test.ts",
  "e2e/etcd_fleet_test.ts",
  "e2e/fleet_test.ts",
];
/** Tests of real programs that are run over IPv6 as well, where addresses matter: `--ipv6` runs all so. */
const OVER_IPV6 = [
  "e2e/check_test.ts",
  "e2e/devices_test.ts",
  "e2e/get_test.ts",
  "e2e/http_test.ts",
  "e2e/invitation_test.ts",
  "e2e/leaving_test.ts",
  "e2e/plain_compatibility_test.ts",
  "e2e/restart_test.ts",
  "e2e/resume_test.ts",
  "e2e/status_test.ts",
  "e2e/swarm_test.ts",
];
const REAL_PROGRAMS = "/e2e/";

/** All tests, each kind in the order in which its files should begin. */
export async function testFiles(): Promise<Record<Kind, string[]>> {
  const files: Record<Kind, string[]> = {
    ...{ pure: [], busy: [], patient: [], browser: [], measuring: [], steady: [] },
  };
  const folder = fromFileUrl(new URL("..", import.meta.url));
  for await (const { path } of walk(folder, { includeDirs: false })) {
    if (path.endsWith("_test.ts")) files[await kindOf(path)].push(path);
  }
  for (const paths of Object.values(files)) {
    paths.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  }
  return files;
}

/** Those of `files` that are run over IPv6 in the gate. */
export function overIpv6(files: readonly string[]): string[] {
  return files.filter((path) => indexIn(OVER_IPV6, path) >= 0);
}

/** Those of `files` that start the real programs. */
export function ofPrograms(files: readonly string[]): string[] {
  return files.filter((path) => path.replaceAll("\\", "/").includes(REAL_PROGRAMS));
}

async function kindOf(path: string): Promise<Kind> {
  if (indexIn(MEASURING, path) >= 0) return "measuring";
  if (indexIn(STEADY, path) >= 0) return "steady";
  if (indexIn(PATIENT, path) >= 0) return "patient";
  const text = await Deno.readTextFile(path);
  if (text.includes(IN_BROWSER)) return "browser";
  const isPure = text.includes(WITHOUT_PERMISSIONS) && !TIMED.test(text) && !OUTSIDE.test(text);
  return isPure ? "pure" : "busy";
}

/** The place of a file among those of its kind: what no list names comes after what one does. */
function rank(path: string): number {
  const at = Math.max(...[PATIENT, LONGEST, STEADY].map((list) => indexIn(list, path)));
  return at >= 0 ? at : Infinity;
}

function indexIn(files: readonly string[], path: string): number {
  return files.findIndex((file) => path.replaceAll("\\", "/").endsWith(`/${file}`));
}
