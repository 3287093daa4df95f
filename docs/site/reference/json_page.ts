/**
 * The page of what `--json` writes, from the two schemas.
 *
 * @module
 */

import clientSchema from "../../json.schema.json" with { type: "json" };
import statusSchema from "../../status.schema.json" with { type: "json" };
import { code, plain, table } from "./markdown_text.ts";

/** A part of a schema, as far as the page tells of it. */
interface Schema {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** The parts of a schema that have names, and what begins the headings of theirs. */
interface Named {
  readonly parts: Readonly<Record<string, Schema>>;
  readonly prefix: string;
}

/** The lines of the page. */
export function jsonPage(): string[] {
  const client = namedIn(clientSchema as unknown as Schema, "client");
  const status = namedIn(statusSchema as unknown as Schema, "status");
  return [
    "# JSON",
    "",
    "What `--json` writes, an object a line. [json.schema.json](../json.schema.json) and " +
    "[status.schema.json](../status.schema.json) are the contract, and say what is in them exactly; " +
    "[scripts](../scripts.md) has examples. Sizes are bytes, rates bytes per second, times ISO 8601 " +
    "in UTC. A program ignores types and fields that it does not know.",
    "",
    "## The client",
    "",
    ...partsOf(client),
    "## The status of the server",
    "",
    ...fieldsOf(statusSchema as unknown as Schema, status),
    ...partsOf(status),
  ];
}

function namedIn({ $defs = {} }: Schema, prefix: string): Named {
  return { parts: $defs, prefix };
}

function partsOf(named: Named): string[] {
  return Object.entries(named.parts).filter(([, part]) => hasHeading(part)).flatMap(
    ([name, part]) => {
      const { description, enum: words } = part;
      const says = description === undefined ? [] : [plain(description), ""];
      const values = words ? [`One of ${words.map(word).join(", ")}.`, ""] : [];
      return [`### ${named.prefix}: ${name}`, "", ...says, ...values, ...fieldsOf(part, named)];
    },
  );
}

function hasHeading({ description, enum: words, properties }: Schema): boolean {
  return description !== undefined || words !== undefined || properties !== undefined;
}

function fieldsOf({ properties = {}, required = [] }: Schema, named: Named): string[] {
  const rows = Object.entries(properties).map(([name, field]) => [
    code(name),
    typeOf(field, named),
    name === "type" || required.includes(name) ? "always" : "",
    plain(field.description ?? ""),
  ]);
  return rows.length === 0 ? [] : table(["field", "type", "there", "what it is"], rows);
}

/** What a field holds, with links to the parts of this page. */
function typeOf(field: Schema, named: Named): string {
  if (field.const !== undefined) return word(field.const);
  if (field.enum) return field.enum.map(word).join(", ");
  if (field.$ref !== undefined) return referred(field.$ref, named);
  if (field.items) return `list of ${typeOf(field.items, named)}`;
  const choices = field.oneOf ?? field.anyOf;
  if (choices) return choices.map((choice) => typeOf(choice, named)).join(" or ");
  return [field.type ?? "any"].flat().join(" or ");
}

function referred(ref: string, named: Named): string {
  const name = ref.replace(/^#\/\$defs\//, "").split("/")[0]!;
  const part = named.parts[name];
  if (!part || !hasHeading(part)) return typeOf(part ?? {}, named);
  return `[${name}](#${named.prefix}-${name.toLowerCase()})`;
}

function word(value: unknown): string {
  return code(JSON.stringify(value));
}
