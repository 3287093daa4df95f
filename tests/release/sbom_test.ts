import { assertEquals, assertThrows } from "@std/assert";
import { billOf, type BillOptions } from "../../release/sbom.ts";

const SOME = `sha512-${btoa("\x01\xff".repeat(32))}`;
const HEX = "01ff".repeat(32);

const OPTIONS: BillOptions = {
  version: "1.0.0",
  commit: "0123456789abcdef".padEnd(40, "0"),
  seconds: 1_795_824_000,
  deno: "2.9.6",
  packages: {
    "@a/b@1.0.0": { integrity: SOME, dependencies: ["c@2.0.0", "d"] },
    "c@1.0.0": { integrity: SOME },
    "c@2.0.0": { integrity: SOME },
    "d@3.0.0": { integrity: SOME },
    "test@1.0.0": { integrity: SOME, dependencies: ["c@1.0.0"] },
  },
  imported: ["@a/b@1.0.0"],
  licences: new Map([
    ...["@a/b@1.0.0", "c@1.0.0", "c@2.0.0", "test@1.0.0"].map((it) => [it, "MIT"] as const),
    ["d@3.0.0", "(MIT OR Apache-2.0)"],
  ]),
};

interface Component {
  readonly name: string;
  readonly version: string;
  readonly scope: string;
  readonly purl: string;
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses: readonly unknown[];
}

const { components, dependencies } = billOf(OPTIONS) as {
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
};

Deno.test("every package is in the bill, by its URL, hash and licence", () => {
  const [runtime, first, ...others] = components;
  assertEquals([runtime!.name, runtime!.version], ["deno", "2.9.6"]);
  assertEquals([first!.name, first!.version], ["@a/b", "1.0.0"]);
  assertEquals(first!.purl, "pkg:npm/%40a/b@1.0.0");
  assertEquals(first!.hashes, [{ alg: "SHA-512", content: HEX }]);
  assertEquals(first!.licenses, [{ license: { id: "MIT" } }]);
  assertEquals(others.map(({ name, version }) => `${name}@${version}`), [
    ...["c@1.0.0", "c@2.0.0", "d@3.0.0", "test@1.0.0"],
  ]);
  assertEquals(others[2]!.licenses, [{ expression: "(MIT OR Apache-2.0)" }]);
});

Deno.test("what the programs do not need is marked", () => {
  const excluded = components.filter(({ scope }) => scope === "excluded");
  assertEquals(excluded.map(({ purl }) => purl), ["pkg:npm/c@1.0.0", "pkg:npm/test@1.0.0"]);
});

Deno.test("the bill says what needs what", () => {
  const [program, first] = dependencies;
  assertEquals(program, { ref: "bittrickle", dependsOn: ["deno", "pkg:npm/%40a/b@1.0.0"] });
  assertEquals(first!.dependsOn, ["pkg:npm/c@2.0.0", "pkg:npm/d@3.0.0"]);
});

Deno.test("the same lock file makes the same bill", () => {
  const packages = Object.fromEntries(Object.entries(OPTIONS.packages).reverse());
  assertEquals(JSON.stringify(billOf({ ...OPTIONS, packages })), JSON.stringify(billOf(OPTIONS)));
});

Deno.test("a package whose licence or hash is not known stops the release", () => {
  assertThrows(() => billOf({ ...OPTIONS, licences: new Map() }), Error, "licence");
  const packages = { ...OPTIONS.packages, "d@3.0.0": { integrity: "sha1-x" } };
  assertThrows(() => billOf({ ...OPTIONS, packages }), Error, "SHA-512");
});
