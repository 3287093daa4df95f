/**
 * Chromium, where it is installed, and pages in it.
 *
 * @module
 */

import { canRun, may } from "./permission.ts";
import type { Chromium, Page } from "./playwright.ts";
import { loadChromium } from "./playwright.ts";

const PROGRAM = "chromium";

/** Whether there is a browser: what drives it wants `--allow-all`, which alone allows `ffi`. */
export const HAS_BROWSER: boolean = may("ffi") && await canRun(PROGRAM, "--version");

/** How a page is looked at. */
export interface ViewOptions {
  readonly colorScheme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
  /** What the browser takes for now. */
  readonly time?: string;
}

/** A page, and what went wrong on it. */
export interface View {
  readonly page: Page;
  /** What it complained of, and dialogs that it opened. */
  readonly complaints: readonly string[];
}

/** A browser without a window. */
export class Browser implements AsyncDisposable {
  readonly #chromium: Chromium;

  private constructor(browser: Chromium) {
    this.#chromium = browser;
  }

  /** Starts one. */
  static async start(): Promise<Browser> {
    // Who is root has no other choice; it sees pages of these tests only.
    const args = ["--no-sandbox", "--disable-dev-shm-usage"];
    const chromium = await loadChromium();
    return new Browser(await chromium.launch({ executablePath: await pathOf(PROGRAM), args }));
  }

  /** Opens `url`. */
  async open(
    url: string,
    { colorScheme = "light", width = 1_280, height = 900, time }: ViewOptions = {},
  ): Promise<View> {
    const context = await this.#chromium.newContext({
      colorScheme,
      viewport: { width, height },
      locale: "en-GB",
      timezoneId: "UTC",
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    // Times of today are shown without their date.
    if (time !== undefined) await page.clock.setFixedTime(time);
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("dialog", (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    await page.goto(url);
    return { page, complaints };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chromium.close();
  }
}

async function pathOf(program: string): Promise<string> {
  const command = new Deno.Command("sh", { args: ["-c", `command -v ${program}`] });
  return new TextDecoder().decode((await command.output()).stdout).trim();
}
