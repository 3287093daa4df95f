/**
 * The pages of the site, in the order in which they are listed: something to follow, something to get
 * done, something to look up, something to understand.
 *
 * @module
 */

/** Pages of one kind. */
export interface Part {
  readonly title: string;
  /** Paths from the root of the repository. */
  readonly pages: readonly string[];
}

/** The first page. */
export const HOME = "docs/index.md";

/** All pages. */
export const CONTENTS: readonly Part[] = [
  { title: "Start", pages: [HOME, "docs/tutorial.md"] },
  {
    title: "How to",
    pages: [
      "docs/howto/install.md",
      "docs/howto/class.md",
      "docs/howto/office.md",
      "docs/howto/lan-party.md",
      "docs/deploy/README.md",
      "docs/howto/fleet.md",
      "docs/howto/backup.md",
      "docs/howto/upgrade.md",
      "docs/howto/firewall.md",
      "docs/howto/migrate.md",
      "docs/scripts.md",
    ],
  },
  {
    title: "Reference",
    pages: [
      "docs/reference/client.md",
      "docs/reference/server.md",
      "docs/reference/shell.md",
      "docs/reference/downloads.md",
      "docs/reference/sharing.md",
      "docs/reference/configuration.md",
      "docs/reference/serving.md",
      "docs/reference/several-servers.md",
      "docs/reference/data.md",
      "docs/reference/accounts.md",
      "docs/reference/monitoring.md",
      "docs/reference/exit-codes.md",
      "docs/reference/json.md",
      "docs/reference/metrics.md",
      "docs/errors.md",
      "docs/protocol.md",
      "CHANGELOG.md",
    ],
  },
  {
    title: "Explanation",
    pages: [
      "SECURITY.md",
      "docs/explanation/many.md",
      "docs/explanation/plain-protocol.md",
      "docs/explanation/platforms.md",
      "docs/performance.md",
      "docs/architecture.md",
      "CONTRIBUTING.md",
      "docs/releasing.md",
    ],
  },
];

/** The paths of all pages. */
export const PAGES: readonly string[] = CONTENTS.flatMap(({ pages }) => pages);

/** Where in the site the page of `source` is, or another file of docs/. */
export function placeOf(source: string): string {
  const inDocs = source.startsWith("docs/");
  const place = inDocs ? source.slice("docs/".length) : source.toLowerCase();
  return place.replace(/README\.md$/, "index.md").replace(/\.md$/, ".html");
}
