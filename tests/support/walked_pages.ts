/**
 * The pages with walks, beside the README, in as many parts as test files type them.
 *
 * @module
 */

/** Each part is typed in one file. */
export const WALKS = {
  start: ["docs/tutorial.md", "docs/howto/install.md", "docs/howto/firewall.md"],
  groups: ["docs/howto/class.md", "docs/howto/lan-party.md"],
  office: ["docs/howto/office.md", "docs/howto/migrate.md"],
  care: ["docs/howto/backup.md", "docs/howto/upgrade.md"],
} as const;

/** All of them. */
export const WALKED_PAGES: readonly string[] = Object.values(WALKS).flat();
