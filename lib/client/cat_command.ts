/**
 * `cat`: a file to standard output.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { outputFault, toStderr, toStdoutSoon } from "../cli/write.ts";
import type { Streamed } from "../peer/download/file_stream.ts";
import type { ByteSink } from "../peer/download/streamed_download.ts";
import type { Peer } from "../peer/peer.ts";
import type { CommandOptions } from "./command_options.ts";
import { fromChoices } from "./get_command.ts";
import type { Outcome } from "./outcome.ts";
import { TextDetector } from "./text_detector.ts";

/** Where a file goes. */
export interface Reader {
  readonly write: ByteSink;
  readonly isTerminal: boolean;
}

const NEWLINE = 0x0a;

/** Writes the file that is called `name` to `reader`, and nothing else. */
export async function runCat(
  peer: Peer,
  [name = ""]: readonly string[],
  { signal, onNote, range, force = false }: CommandOptions,
  reader: Reader = { write: toStdout, isTerminal: Deno.stdout.isTerminal() },
): Promise<Outcome> {
  const options = { signal, onNote, range };
  const sink = reader.isTerminal ? terminalSink(reader.write, name, force) : reader;
  try {
    return fromStreamed(name, await peer.stream(name, sink.write, options));
  } catch (error) {
    const isGone = error instanceof BitTrickleError && error.code === "reader_gone";
    if (!isGone) throw error;
    return { lines: [], fields: { name }, failure: "reader_gone" };
  } finally {
    if ("end" in sink) sink.end();
  }
}

function fromStreamed(name: string, streamed: Streamed): Outcome {
  switch (streamed.kind) {
    case "nothing":
      return { lines: ["File not found"], fields: { name }, failure: "not_found", isAside: true };
    case "choices":
      return { ...fromChoices(name, streamed.choices, "cat"), isAside: true };
    case "streamed":
      return { lines: [], fields: { name, bytes: streamed.bytes } };
  }
}

/** Writes to a terminal what it shows as text, and everything if that is wanted. */
function terminalSink(write: ByteSink, name: string, force: boolean) {
  const detector = new TextDetector();
  let last = NEWLINE;
  return {
    write: async (bytes: Uint8Array) => {
      if (!force && !detector.isText(bytes)) throw binary(name);
      last = bytes.at(-1) ?? last;
      await write(bytes);
    },
    /** The next prompt begins a line, and would erase one that has not ended. */
    end: () => last === NEWLINE || toStderr("\n"),
  };
}

function binary(name: string): BitTrickleError {
  return new BitTrickleError(
    "refused",
    `"${name}" is no text and could garble the terminal: send it elsewhere (cat … > file, get), ` +
      "or add --force",
  );
}

/** @throws {BitTrickleError} `reader_gone` or `disk` */
async function toStdout(bytes: Uint8Array): Promise<void> {
  await toStdoutSoon(bytes).catch((cause) => {
    throw outputFault(cause);
  });
}
