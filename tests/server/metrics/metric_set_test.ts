import { assertEquals } from "@std/assert";
import { Durations } from "../../../lib/server/metrics/durations.ts";
import { MetricSet } from "../../../lib/server/metrics/metric_set.ts";

const PURE = { permissions: "none" } as const;

/** What a set says to which `add` has added something. */
function textOf(add: (set: MetricSet) => void): string[] {
  const set = new MetricSet();
  add(set);
  return set.text().split("\n");
}

Deno.test({ name: "a gauge is left out while it is not known", ...PURE }, () => {
  let value: number | undefined = undefined;
  const set = new MetricSet();
  set.gauge("a", "An a.", () => value);
  assertEquals(set.text(), "# HELP a An a.\n# TYPE a gauge\n");
  value = 0.5;
  assertEquals(set.text(), "# HELP a An a.\n# TYPE a gauge\na 0.5\n");
});

Deno.test({ name: "labels are escaped", ...PURE }, () => {
  const lines = textOf((set) => set.totals("a", "An a.", () => [[{ b: 'x"\\\n', c: 2 }, 1]]));
  assertEquals(lines[2], 'a{b="x\\"\\\\\\n",c="2"} 1');
});

Deno.test({ name: "a bucket of a histogram counts those before it, in seconds", ...PURE }, () => {
  const durations = new Durations();
  for (const ms of [0.01, 3, 3, 60_000]) durations.add(ms);
  const lines = textOf((set) => set.durations("a", "An a.", () => [[{ b: "c" }, durations]]));
  for (
    const line of [
      'a_bucket{b="c",le="0.00005"} 1',
      'a_bucket{b="c",le="0.005"} 3',
      'a_bucket{b="c",le="10"} 3',
      'a_bucket{b="c",le="+Inf"} 4',
      'a_sum{b="c"} 60.00601',
      'a_count{b="c"} 4',
    ]
  ) assertEquals(lines.includes(line), true, `${line} is not in\n${lines.join("\n")}`);
});
