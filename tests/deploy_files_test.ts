/**
 * What docs/deploy gives to Prometheus and Grafana is about metrics that there are.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { Counters } from "../lib/server/metrics/counters.ts";
import { FleetCounters } from "../lib/server/metrics/fleet_counters.ts";
import { Metrics } from "../lib/server/metrics/metrics.ts";
import { MAY_USE_DISK } from "./support/permission.ts";
import { HAS_PROMTOOL, promtool } from "./support/promtool.ts";

const FOLDER = fromFileUrl(new URL("../docs/deploy/", import.meta.url));
const WITH_DISK = { ignore: !MAY_USE_DISK };

/** Begins the names of what a server tells; all others in a query are Prometheus' own words. */
const METRIC = /\b(?:bittrickle|process)_\w+/g;

/** The names of all series of a server. */
function knownNames(): Set<string> {
  const measured = {
    ...{ sessions: 0, users: 0, activeUsers: 0, publications: 0, downloads: 0 },
    ...{ remoteSessions: 0, dataBytes: 0, freeBytes: 0, isSaving: true, stall: 0 },
  };
  const counters = new Counters();
  const from = { hostname: "127.0.0.1", port: 1 };
  counters.hear({ kind: "answered", from, verb: "get", user: "hans", code: 200, since: 0 });
  const fleet = new FleetCounters();
  const text = new Metrics({ counters, fleet, measure: () => measured, version: "1" }).text();
  const types = text.matchAll(/^# TYPE (\w+)/gm).map(([, name]) => name!);
  const series = text.matchAll(/^(\w+)/gm).map(([, name]) => name!);
  return new Set([...types, ...series]);
}

function unknownIn(text: string): string[] {
  const known = knownNames();
  const used = [...text.matchAll(METRIC)].map(([name]) => name);
  assert(used.length > 0, "no metric is used");
  return used.filter((name) => !known.has(name));
}

Deno.test("every metric of the alerts is there", WITH_DISK, async () => {
  assertEquals(unknownIn(await Deno.readTextFile(`${FOLDER}alerts.yml`)), []);
});

Deno.test("promtool takes the alerts", { ignore: !HAS_PROMTOOL }, async () => {
  assertEquals(await promtool(["check", "rules", `${FOLDER}alerts.yml`]), "");
});

Deno.test("every query of the dashboard is about metrics that are there", WITH_DISK, async () => {
  const { panels } = JSON.parse(await Deno.readTextFile(`${FOLDER}grafana.json`));
  const queries: string[] = panels.flatMap(({ targets }: { targets: { expr: string }[] }) => {
    return targets.map(({ expr }) => expr);
  });
  assert(queries.length > 15, "the dashboard is empty");
  for (const query of queries) assertEquals(unknownIn(query), [], query);
});

Deno.test("Prometheus understands every query of the dashboard", {
  ignore: !HAS_PROMTOOL,
}, async () => {
  const text = await Deno.readTextFile(`${FOLDER}grafana.json`);
  const rules = [...text.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(([, expr], i) => {
    const query = JSON.parse(expr!).replaceAll("$__rate_interval", "1m");
    return `  - record: query_${i}\n    expr: ${JSON.stringify(query)}\n`;
  });
  const path = await Deno.makeTempFile({ suffix: ".yml" });
  await Deno.writeTextFile(path, `groups:\n- name: dashboard\n  rules:\n${rules.join("")}`);
  assertEquals(await promtool(["check", "rules", path]), "");
  await Deno.remove(path);
});
