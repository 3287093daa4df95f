/**
 * The files that simulated clients publish and look for. They have no content.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { PublishedFile } from "../../../lib/protocol/messages.ts";

const TOPICS = 40;
const SHEETS = 50;

/** Any of the files: they are few, so that many publish the same. */
export function anyFile(random: () => number): PublishedFile {
  const topic = Math.floor(random() * TOPICS);
  const sheet = Math.floor(random() * SHEETS);
  const name = `topic${topic}/sheet${sheet} of the class.pdf`;
  const id = createHash("sha256").update(name).digest("hex");
  return { name, details: { size: 10_000 + 1_000 * sheet, id } };
}

/** Words that some files have in their names. */
export function anyWords(random: () => number): string {
  return `topic${Math.floor(random() * TOPICS)} sheet${Math.floor(random() * SHEETS)}`;
}
