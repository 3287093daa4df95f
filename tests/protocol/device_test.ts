/**
 * Names of devices and folders: what a client makes of its own, and what arrives.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  DEVICE_CHARACTERS,
  deviceOf,
  FOLDER_BYTES,
  folderOf,
  isDevice,
  isFolder,
} from "../../lib/protocol/device.ts";
import { isField } from "../../lib/protocol/fields.ts";
import { texts } from "./arbitraries.ts";

const PURE = { permissions: "none" } as const;

Deno.test({ name: "a device is called as its host, cut and harmless", ...PURE }, () => {
  const cases: [hostname: string, device: string | undefined][] = [
    ["laptop", "laptop"],
    ["Mia's Mac é", "Mia's Mac é"],
    ["", undefined],
    ["a\tb\n\x1b[31m", "a?b??[31m"],
    ["a\u202eb\u2028", "a?b?"],
    ["🎬".repeat(65), "🎬".repeat(64)],
  ];
  for (const [hostname, device] of cases) assertEquals(deviceOf(hostname), device);
});

Deno.test({ name: "a folder is told from the home folder on, and by its end", ...PURE }, () => {
  const cases: [path: string, home: string | undefined, folder: string][] = [
    ["/home/mia", "/home/mia", "~"],
    ["/home/mia/lab", "/home/mia", "~/lab"],
    ["/home/mia/lab", "/home/mia/", "~/lab"],
    ["/home/miau/lab", "/home/mia", "/home/miau/lab"],
    ["/home/mia/lab", undefined, "/home/mia/lab"],
    ["/home/mia", "", "/home/mia"],
    ["/", "/", "/"],
    ["C:\\Users\\mia\\lab", "C:\\Users\\mia", "~\\lab"],
    ["/a\nb", undefined, "/a?b"],
    [`/${"x".repeat(300)}/lab`, undefined, `…${"x".repeat(193)}/lab`],
    [`/${"🎬".repeat(50)}/lab`, undefined, `…${"🎬".repeat(48)}/lab`],
  ];
  for (const [path, home, folder] of cases) assertEquals(folderOf(path, home), folder);
});

Deno.test({ name: "whatever a host or a folder is called can travel", ...PURE }, () => {
  fc.assert(fc.property(texts, texts, (text, home) => {
    const [device, folder] = [deviceOf(text), folderOf(text, home)];
    assert(device === undefined ? text === "" : isDevice(device) && isField(device));
    assert(folder === undefined ? text === "" : isFolder(folder) && isField(folder));
  }));
});

Deno.test(
  { name: "what is too long, or moves a cursor, is nobody's device or folder", ...PURE },
  () => {
    assert(isDevice("🎬".repeat(DEVICE_CHARACTERS)) && isFolder("x".repeat(FOLDER_BYTES)));
    const bad = ["", "\t", "a\n", "\x1b", "\x9b", "\u202e", "\u200b", "\u2028", "\u2029", "\ue000"];
    for (const text of bad) assert(!isDevice(text) && !isFolder(text), JSON.stringify(text));
    assert(!isDevice("x".repeat(DEVICE_CHARACTERS + 1)) && !isFolder("é".repeat(101)));
  },
);
