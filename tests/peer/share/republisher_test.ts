/**
 * What is served and published without being asked for: what was published, and nothing else.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { KeyedMutex } from "../../../lib/async/keyed_mutex.ts";
import type { SessionRequest } from "../../../lib/peer/session/index_session.ts";
import { Publisher } from "../../../lib/peer/share/publisher.ts";
import type { PublishedFiles } from "../../../lib/peer/share/published_files.ts";
import type { Suspect } from "../../../lib/peer/share/refresh_queue.ts";
import { Republisher } from "../../../lib/peer/share/republisher.ts";
import { SharedFiles } from "../../../lib/peer/share/shared_files.ts";
import type { Reply } from "../../../lib/protocol/messages.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const IDENTITY = { id: "11".repeat(32), layer: new Uint8Array(32) };

/** A publisher and a republisher at an index that knows nothing, with files that a test reads. */
class Setting {
  readonly asked: string[] = [];
  readonly suspects: Suspect[] = [];
  readonly published = new Set<string>();
  readonly known = new Set<string>();
  /** Files are read when the test says so. */
  readonly reading = Promise.withResolvers<void>();
  readonly sharedFiles: SharedFiles;
  readonly publisher: Publisher;
  readonly republisher: Republisher;

  constructor(folder: string) {
    const sharedFiles = this.sharedFiles = new SharedFiles(folder);
    const details = { size: 1, id: IDENTITY.id };
    const files = {
      has: (name: string) => this.published.has(name),
      known: (name: string, state: unknown) => this.known.has(name) && { ...IDENTITY, state },
      remove: (name: string) => sharedFiles.remove(name),
      details: () => this.reading.promise.then(() => ({ details, identity: undefined })),
    } as unknown as PublishedFiles;
    const turns = new KeyedMutex<string>();
    const setting = {
      ask: this.ask,
      sharedFiles,
      files,
      share: "ab".repeat(8),
      isSealed: true,
      turns,
    };
    this.publisher = new Publisher(setting);
    const onSuspect = (suspect: Suspect) => void this.suspects.push(suspect);
    this.republisher = new Republisher({ ...setting, onSuspect });
  }

  readonly ask = (request: SessionRequest): Promise<Reply> => {
    this.asked.push("name" in request ? `${request.verb} ${request.name}` : request.verb);
    if (request.verb !== "lpf") return Promise.resolve({ kind: "published" });
    return Promise.resolve({ kind: "list", of: "files published", items: [], more: 0 });
  };
}

Deno.test("what is withdrawn while it is read stays withdrawn", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const setting = new Setting(folder.path);
  setting.sharedFiles.add("a");
  const signal = new AbortController().signal;
  const refreshing = setting.republisher.refresh({ name: "a", told: undefined }, signal);
  await setting.publisher.unp("a");
  setting.reading.resolve();
  assertEquals(await refreshing, false);
  assertEquals([setting.asked, setting.sharedFiles.names], [["unp a"], []]);
});

Deno.test("what another client withdrew is not published again", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  for (const name of ["kept", "withdrawn"]) await folder.write(name, "a");
  const setting = new Setting(folder.path);
  for (const name of ["kept", "withdrawn"]) {
    setting.sharedFiles.add(name);
    setting.known.add(name);
  }
  setting.published.add("kept");
  await setting.republisher.publishAgain(setting.ask);
  assertEquals([setting.asked, setting.sharedFiles.names], [["lpf", "pub kept"], ["kept"]]);
});

Deno.test("an index that comes back does not wait for files to be read", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  for (const name of ["changed", "gone", "same"]) await folder.write(name, "a");
  const setting = new Setting(folder.path);
  for (const name of ["changed", "gone", "same"]) {
    setting.sharedFiles.add(name);
    setting.published.add(name);
  }
  setting.known.add("same");
  await Deno.remove(folder.pathOf("gone"));
  await setting.republisher.publishAgain(setting.ask);
  assertEquals(setting.asked, ["lpf", "pub same"]);
  assertEquals(setting.suspects, [{ name: "changed", told: undefined }]);
  assertEquals(
    setting.sharedFiles.names,
    ["changed", "gone", "same"],
    "what is gone may come back",
  );
});
