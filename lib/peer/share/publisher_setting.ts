/**
 * What publishing works with.
 *
 * @module
 */

import type { KeyedMutex } from "../../async/keyed_mutex.ts";
import type { Ask } from "../session/index_session.ts";
import type { Looks } from "./looks.ts";
import type { PublishedFiles } from "./published_files.ts";

/** What publishes, and publishes again, works with. */
export interface PublisherSetting {
  readonly ask: Ask;
  readonly files: PublishedFiles;
  readonly looks: Looks;
  /** What this client serves, which the index knows by this name if the session is sealed. */
  readonly share: string;
  /** Whether the index is told ids, takes several files at once, and names may hold folders. */
  readonly isSealed: boolean;
  /** A name is published and withdrawn in the order in which that was asked for. */
  readonly turns: KeyedMutex<string>;
}
