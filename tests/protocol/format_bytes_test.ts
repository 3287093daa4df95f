import { assertEquals } from "@std/assert";
import { formatBytes } from "../../lib/protocol/format_bytes.ts";

const SIZES: readonly (readonly [bytes: number, text: string])[] = [
  [0, "0 B"],
  [0.4, "0 B"],
  [1, "1 B"],
  [999, "999 B"],
  [1_000, "1.0 kB"],
  [1_024, "1.0 kB"],
  [1_550, "1.6 kB"],
  [999_900, "999.9 kB"],
  [999_950, "1.0 MB"],
  [999.6, "1.0 kB"],
  [1_000_000, "1.0 MB"],
  [420_000_000, "420.0 MB"],
  [1_000_000_000, "1.0 GB"],
  [4_700_000_000, "4.7 GB"],
  [1_000_000_000_000, "1.0 TB"],
  [1_234_000_000_000_000, "1234.0 TB"],
];

for (const [bytes, text] of SIZES) {
  Deno.test({ name: `formatBytes() writes ${bytes} as ${text}`, permissions: "none" }, () => {
    assertEquals(formatBytes(bytes), text);
  });
}
