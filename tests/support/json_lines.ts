/**
 * The lines that `--json` writes, held to the schema that programs are promised.
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import { Ajv2020 } from "ajv/2020";
import schema from "../../docs/json.schema.json" with { type: "json" };
import { wantsJson } from "../../lib/client/flags.ts";

/** An object that the client has written. */
// deno-lint-ignore no-explicit-any -- Tests say what they expect of its fields.
export type JsonObject = Readonly<Record<string, any>>;

// The parts that describe fields are not complete by themselves.
const ajv = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false });
ajv.addSchema(schema);

/**
 * The objects in `text`, which a program has written to standard output. A last line that has no end
 * is left out: its writer was killed.
 *
 * @throws {AssertionError} for a line that is none, or not as the schema says
 */
export function jsonLines(text: string): JsonObject[] {
  return text.split("\n").slice(0, -1).map(parseLine);
}

/** The last of the objects in `text`, which is what came of a command. */
export function lastObject(text: string): JsonObject {
  const object = jsonLines(text).at(-1);
  if (object) return object;
  throw new AssertionError(`There is no line in "${text}"`);
}

/** Whether the client that `command` starts, perhaps by a shell, is asked for JSON. */
export function writesJson(command: readonly string[]): boolean {
  const isStatus = command.includes("status"); // The server's has a schema of its own.
  return !isStatus && wantsJson(command.flatMap((argument) => argument.split(" ")));
}

function parseLine(line: string): JsonObject {
  const object = parse(line);
  // The part for its type says better what is wrong than the whole does.
  const part = `${schema.$id}#/$defs/${object.type}`;
  for (const id of [object.type in schema.$defs ? part : schema.$id, schema.$id]) {
    const validate = ajv.getSchema(id)!;
    if (!validate(object)) {
      throw new AssertionError(`Not as docs/json.schema.json says: ${line}\n${faultsIn(validate)}`);
    }
  }
  return object;
}

function parse(line: string): JsonObject {
  try {
    return Object(JSON.parse(line));
  } catch (cause) {
    throw new AssertionError(`Not a line of JSON: ${line}`, { cause });
  }
}

function faultsIn({ errors }: { errors?: typeof ajv.errors }): string {
  return (errors ?? []).map(({ instancePath, message, params }) => {
    return `  ${instancePath || "/"} ${message} ${JSON.stringify(params)}`;
  }).join("\n");
}
