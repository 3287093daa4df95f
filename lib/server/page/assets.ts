/**
 * The files of the status page, which are part of the program: no path leads to any other.
 *
 * @module
 */

import chart from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import chartStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import { encodeUtf8 } from "../../protocol/utf8.ts";
import admin from "./admin.js" with { type: "text" };
import charts from "./charts.js" with { type: "text" };
import dom from "./dom.js" with { type: "text" };
import icon from "./icon.svg" with { type: "text" };
import page from "./index.html" with { type: "text" };
import main from "./main.js" with { type: "text" };
import style from "./page.css" with { type: "text" };
import views from "./views.js" with { type: "text" };

/** A file of the page. */
export interface Asset {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const HTML = "text/html; charset=utf-8";
const SCRIPT = "text/javascript; charset=utf-8";
const STYLE = "text/css; charset=utf-8";

const TEXTS: readonly (readonly [path: string, type: string, text: string])[] = [
  ["/", HTML, page],
  ["/page.css", STYLE, `${chartStyle}\n${style}`],
  ["/uplot.js", SCRIPT, chart],
  ["/main.js", SCRIPT, main],
  ["/dom.js", SCRIPT, dom],
  ["/views.js", SCRIPT, views],
  ["/charts.js", SCRIPT, charts],
  ["/admin.js", SCRIPT, admin],
  ["/icon.svg", "image/svg+xml", icon],
];

/** All of them, by their paths. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map(
  TEXTS.map(([path, type, text]) => [path, { type, bytes: encodeUtf8(text) }]),
);
