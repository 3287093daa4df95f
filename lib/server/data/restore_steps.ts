/**
 * Replacing the files of an index by those of a backup, so that nothing is lost wherever it is cut off.
 *
 * @module
 */

import { dirname } from "@std/path";
import { keepRights, replaceFile, syncFolder } from "../../files/replace_file.ts";
import { restoreMarkOf } from "../../store/restore_mark.ts";
import { isThere } from "../../files/is_there.ts";
import { type IndexFiles, LOGS_OF_DATA } from "./index_files.ts";

/** What a restore does. */
export interface RestorePlan {
  readonly files: IndexFiles;
  /** The data file that is made of the backup: on the same disk, and ready. */
  readonly unpacked: string;
  /** What the small files are to hold, by the ends of their names. What is not named is taken away. */
  readonly texts: ReadonlyMap<string, string>;
  /** What the names end in under which the former files are kept. */
  readonly ending: string;
}

/** A step, after which a restore may be cut off. */
type Step = () => Promise<void>;

/** The steps of a restore, and the way back. */
export interface RestoreSteps {
  /** First all copies, then the mark, then the changes; with the last the mark goes. */
  readonly steps: readonly Step[];
  /** Under which names the former files are kept. */
  readonly kept: readonly string[];
  /** Makes everything as it was before. */
  readonly undo: Step;
}

/** Makes the steps of `plan`. Nobody else may change the files until they, or the way back, are done. */
export async function restoreSteps(plan: RestorePlan): Promise<RestoreSteps> {
  const { files: { data, small }, unpacked, texts, ending } = plan;
  const mark = restoreMarkOf(data);
  const wasMarked = await isThere(mark);
  const before = await Deno.stat(data).catch(() => undefined);
  const logs = LOGS_OF_DATA.map((end) => [data + end, data + ending + end] as const);
  const others = [data, ...small.values()].map((path) => [path, path + ending] as const);
  const copies = await present([...others, ...logs]);
  const done: (readonly [from: string, to: string])[] = [];
  const keepOne = async (copy: typeof copies[number]) => {
    await keep(...copy);
    done.push(copy);
  };
  const missing = [...small.values()].filter((path) => !copies.some(([from]) => from === path));
  const steps: Step[] = [
    ...copies.map((copy) => () => keepOne(copy)),
    () => syncFolder(dirname(data)),
    () => Deno.rename(unpacked, mark),
    () => syncFolder(dirname(data)),
    ...logs.map(([log]) => () => removeIfThere(log)),
    ...[...small].map(([end, path]) => () => write(path, texts.get(end))),
    () => before ? keepRights(mark, before) : Promise.resolve(),
    () => Deno.rename(mark, data),
    () => syncFolder(dirname(data)),
  ];
  const undo = async () => {
    for (const copy of done) await bringBack(...copy);
    for (const path of missing) await removeIfThere(path);
    if (!wasMarked) await removeIfThere(mark);
  };
  return { steps, kept: copies.map(([, to]) => to), undo };
}

async function present<T extends readonly [path: string, ...string[]]>(all: T[]): Promise<T[]> {
  const are = await Promise.all(all.map(([path]) => isThere(path)));
  return all.filter((_, i) => are[i]);
}

/** A second name is as good as a copy: the file itself is replaced, not changed. It replaces nothing. */
async function keep(from: string, to: string): Promise<void> {
  try {
    await Deno.link(from, to);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw error;
    await copyWhole(from, to); // Some file systems have no links.
  }
  await syncFolder(dirname(to));
}

async function copyWhole(from: string, to: string): Promise<void> {
  const part = `${to}.part`;
  try {
    await Deno.copyFile(from, part);
    using file = await Deno.open(part, { write: true });
    await file.sync();
    await Deno.rename(part, to);
  } catch (error) {
    await removeIfThere(part);
    throw error;
  }
}

async function bringBack(from: string, to: string): Promise<void> {
  await Deno.rename(to, from);
  await removeIfThere(to); // It is still there if both are names of one file.
}

async function write(path: string, text: string | undefined): Promise<void> {
  if (text === undefined) await removeIfThere(path);
  else await replaceFile(path, text);
}

async function removeIfThere(path: string): Promise<void> {
  await Deno.remove(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
