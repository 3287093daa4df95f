/**
 * What the tests use of two packages that no executable should hold, as it does all that deno.lock
 * names: they stand neither there nor in deno.json, and are loaded when a browser is started.
 *
 * @module
 */

const PLAYWRIGHT = "npm:playwright-core@1.65.1";
const AXE = "npm:axe-core@4.14.1";

/** Elements of a page. */
export interface Locator {
  first(): Locator;
  nth(index: number): Locator;
  locator(selector: string, options?: { readonly hasText?: string | RegExp }): Locator;
  count(): Promise<number>;
  waitFor(options?: { readonly state: "visible" | "detached" }): Promise<void>;
  click(): Promise<void>;
  fill(text: string): Promise<void>;
  pressSequentially(text: string): Promise<void>;
  innerText(): Promise<string>;
  allInnerTexts(): Promise<string[]>;
  inputValue(): Promise<string>;
  isHidden(): Promise<boolean>;
}

/** A page in a browser. */
export interface Page {
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
  readonly clock: { setFixedTime(time: string): Promise<void> };
  on(event: "console", hear: (it: { type(): string; text(): string }) => void): void;
  on(event: "pageerror", hear: (error: Error) => void): void;
  on(event: "dialog", hear: (it: { message(): string; dismiss(): Promise<void> }) => void): void;
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  emulateMedia(options: { readonly media: "print" }): Promise<void>;
  url(): string;
  locator: Locator["locator"];
  /** Runs a text, or a function that sees nothing of what is around it. */
  evaluate<A>(run: string | ((argument: A) => unknown), argument?: A): Promise<unknown>;
  screenshot(options: { readonly path: string }): Promise<unknown>;
}

/** A browser that runs. */
export interface Chromium {
  newContext(options: {
    readonly colorScheme: "light" | "dark";
    readonly viewport: { readonly width: number; readonly height: number };
    readonly locale: string;
    readonly timezoneId: string;
    readonly reducedMotion: "reduce";
  }): Promise<{ newPage(): Promise<Page> }>;
  close(): Promise<void>;
}

/** What starts one. */
export interface ChromiumLauncher {
  launch(options: {
    readonly executablePath: string;
    readonly args: readonly string[];
  }): Promise<Chromium>;
}

/** Loads what drives Chromium. */
export async function loadChromium(): Promise<ChromiumLauncher> {
  return (await import(PLAYWRIGHT)).chromium;
}

/** The script that makes axe a global of a page. */
export async function loadAxe(): Promise<string> {
  return (await import(AXE)).default.source;
}
