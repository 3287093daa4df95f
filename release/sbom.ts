/**
 * A software bill of materials in the format of CycloneDX 1.6: every package of `deno.lock`.
 *
 * @module
 */

/** What `deno.lock` says of a package. */
export interface LockedPackage {
  /** As `sha512-` and base64. */
  readonly integrity: string;
  /** Names, with a version where there are several. */
  readonly dependencies?: readonly string[];
}

/** What a bill is made of. */
export interface BillOptions {
  readonly version: string;
  readonly commit: string;
  /** Seconds since 1970. */
  readonly seconds: number;
  /** The version of Deno that is in the executables. */
  readonly deno: string;
  /** The packages of the lock file, by name and version: `tslib@2.9.1`. */
  readonly packages: Readonly<Record<string, LockedPackage>>;
  /** Those that the programs import, by name and version; all others are for tests. */
  readonly imported: Iterable<string>;
  /** The licence of each package, as SPDX writes it. */
  readonly licences: ReadonlyMap<string, string>;
}

/** The bill, as an object to be written as JSON. */
export function billOf(options: BillOptions): Record<string, unknown> {
  const { version, commit, seconds, deno, packages, licences } = options;
  const required = withDependencies(options.imported, packages);
  const root = "bittrickle";
  const names = Object.keys(packages).sort();
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      timestamp: new Date(seconds * 1_000).toISOString(),
      component: {
        ...{ type: "application", "bom-ref": root, name: root, version },
        ...licensed("MIT"),
        properties: [{ name: "commit", value: commit }],
      },
    },
    components: [
      runtime(deno),
      ...names.map((name) => {
        const scope = required.has(name) ? "required" : "excluded";
        return component(name, packages[name]!, licences.get(name), scope);
      }),
    ],
    dependencies: [
      { ref: root, dependsOn: ["deno", ...[...options.imported].sort().map(refOf)] },
      ...names.map((name) => ({ ref: refOf(name), dependsOn: needsOf(name, packages).map(refOf) })),
    ],
  };
}

/** Those of `packages` that `imported` need, and these themselves. */
function withDependencies(
  imported: Iterable<string>,
  packages: BillOptions["packages"],
): Set<string> {
  const needed = new Set(imported);
  for (const name of needed) for (const it of needsOf(name, packages)) needed.add(it);
  return needed;
}

function needsOf(name: string, packages: BillOptions["packages"]): string[] {
  const { dependencies = [] } = packages[name] ?? missing(name);
  return dependencies.map((it) => it in packages ? it : onlyVersionOf(it, packages)).sort();
}

function onlyVersionOf(name: string, packages: BillOptions["packages"]): string {
  return Object.keys(packages).find((it) => splitName(it)[0] === name) ?? missing(name);
}

function missing(name: string): never {
  throw new Error(`deno.lock has no ${name}`);
}

function component(
  key: string,
  { integrity }: LockedPackage,
  licence: string | undefined,
  scope: "required" | "excluded",
) {
  if (licence === undefined) throw new Error(`the licence of ${key} is not known`);
  const [name, version] = splitName(key);
  return {
    ...{ type: "library", "bom-ref": refOf(key), name, version, scope },
    hashes: [{ alg: "SHA-512", content: hexOf(integrity) }],
    ...licensed(licence),
    purl: refOf(key),
  };
}

function runtime(version: string) {
  return {
    ...{ type: "framework", "bom-ref": "deno", name: "deno", version, scope: "required" },
    ...licensed("MIT"),
    purl: `pkg:github/denoland/deno@v${version}`,
  };
}

function licensed(licence: string) {
  return /[ (]/.test(licence)
    ? { licenses: [{ expression: licence }] }
    : { licenses: [{ license: { id: licence } }] };
}

/** The package URL of `name@version`. */
function refOf(key: string): string {
  const [name, version] = splitName(key);
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

/** The name may begin with an `@`. */
export function splitName(key: string): [name: string, version: string] {
  const at = key.lastIndexOf("@");
  return [key.slice(0, at), key.slice(at + 1)];
}

function hexOf(integrity: string): string {
  const [, base64] = /^sha512-(.*)$/.exec(integrity) ?? missing(`SHA-512: ${integrity}`);
  return Uint8Array.fromBase64(base64!).toHex();
}
