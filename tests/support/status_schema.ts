/**
 * The status of a server, held to the schema that programs are promised.
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import { Ajv2020 } from "ajv/2020";
import schema from "../../docs/status.schema.json" with { type: "json" };
import type { Status } from "../../lib/server/status/status.ts";

const ajv = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false });
const validate = ajv.compile<Status>(schema);

/**
 * The status in `line`.
 *
 * @throws {AssertionError} if it is none
 */
export function statusIn(line: string): Status {
  const value = JSON.parse(line);
  if (validate(value)) return value;
  const faults = JSON.stringify(validate.errors, undefined, 2);
  throw new AssertionError(`Not as docs/status.schema.json says: ${line}\n${faults}`);
}
