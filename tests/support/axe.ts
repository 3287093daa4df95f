/**
 * What keeps people from using a page, as axe finds it.
 *
 * @module
 */

import { loadAxe, type Page } from "./playwright.ts";

/** What axe finds wrong on `page`, a line each. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(await loadAxe());
  // Runs in the page, where axe is a global.
  const found = await page.evaluate("axe.run()") as {
    violations: { id: string; help: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return found.violations.flatMap(({ id, help, nodes }) => {
    return nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html}: ${failureSummary}`);
  });
}
