/**
 * The charts of the last hour.
 */

import { at, say } from "./dom.js";

const HOUR_S = 3_600;
const charts = [];
let samples = [];

/** Shows `history`, the samples of the last hour. */
export function showHistory(history) {
  samples = [...history];
  draw();
}

/** Adds the newest sample. */
export function addSample(sample) {
  const last = samples.at(-1);
  if (last && Date.parse(sample.time) <= Date.parse(last.time)) return;
  const since = Date.parse(sample.time) - HOUR_S * 1_000;
  samples = [...samples.filter(({ time }) => Date.parse(time) >= since), sample];
  draw();
}

/** Makes the charts, and again whenever colours or sizes change. */
export function beginCharts() {
  const again = () => {
    for (const chart of charts.splice(0)) chart.destroy();
    charts.push(
      makeChart("requests", [["answered", "--accent"], ["failed", "--bad"]], perSecond),
      makeChart("latency", [["half", "--accent"], ["99 of 100", "--series-2"]], milliseconds),
    );
    draw();
  };
  again();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  new ResizeObserver(() => charts.forEach((chart) => chart.setSize(sizeOf(chart.root.parentNode))))
    .observe(at("requests"));
}

function draw() {
  const times = samples.map(({ time }) => Date.parse(time) / 1_000);
  const rate = (of) => samples.map((sample) => of(sample) / Math.max(1, sample.seconds));
  const answered = rate(({ requests }) => requests);
  charts[0]?.setData([times, answered, rate(({ failures }) => failures)]);
  charts[1]?.setData([times, samples.map(({ p50 }) => p50), samples.map(({ p99 }) => p99)]);
  const last = samples.at(-1);
  if (!last) return;
  const most = Math.max(...answered);
  say(at("requests-now"), `now ${perSecond(answered.at(-1))}, most ${perSecond(most)}`);
  const stalls = `; longest stall ${milliseconds(Math.max(...samples.map(({ stall }) => stall)))}`;
  say(
    at("latency-now"),
    `half within ${milliseconds(last.p50)}, 99 of 100 within ${milliseconds(last.p99)}${stalls}`,
  );
}

function makeChart(id, series, format) {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--quiet"),
    font: "14px system-ui, sans-serif",
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  const line = ([label, name]) => ({
    label,
    stroke: colour(name),
    width: 2,
    points: { show: false },
  });
  return new globalThis.uPlot(
    {
      ...sizeOf(at(id)),
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { range: (_, _first, last) => [last - HOUR_S, last] },
        y: { range: (_, _low, high) => [0, Math.max(1, high * 1.1)] },
      },
      axes: [
        { ...axis, values: (_, times) => times.map(hourAndMinute), space: 70, size: 30 },
        { ...axis, values: (_, values) => values.map(format), size: 76 },
      ],
      series: [{}, ...series.map(line)],
    },
    [[], [], []],
    at(id),
  );
}

function sizeOf(element) {
  return { width: element.clientWidth, height: element.clientHeight };
}

function hourAndMinute(seconds) {
  return new Date(seconds * 1_000).toLocaleTimeString(undefined, { timeStyle: "short" });
}

function perSecond(value) {
  return `${value < 10 && value > 0 ? value.toFixed(1) : Math.round(value)}/s`;
}

function milliseconds(value) {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}
