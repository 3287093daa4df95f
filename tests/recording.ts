/**
 * `deno task recording`: takes the README's walk in real terminals, and writes what they showed, as
 * an asciicast and as a picture. It takes tmux and bash.
 *
 * @module
 */

import { formatCast } from "./support/recording.ts";
import { drawRecording } from "./support/recording_picture.ts";
import { CAST, PICTURE, recordWalk } from "./support/walk_recording.ts";

if (import.meta.main) {
  const recording = await recordWalk();
  await Deno.writeTextFile(CAST, formatCast(recording));
  await Deno.writeTextFile(PICTURE, drawRecording(recording));
}
