// The charts of an SLO, drawn over what the server drew. All have one span, one cursor and one zoom.
import uPlot from "uplot";
import { behind, level, notes, rule } from "./chart/bands";
import { colours } from "./chart/colours";
import { amount, clock, day, minute, percent, shownZone, times } from "./chart/figures";
import { Reach } from "./chart/reach";
import { tables } from "./chart/tables";
import { ask, epoch, type Told, torn } from "./chart/told";
import { zoned } from "./frame/zone";

type Asked = Awaited<ReturnType<typeof ask>>;
type Column = (number | null)[];
type Drawn = { data: [number[], ...Column[]]; opts: Partial<uPlot.Options> };
type Ink = (name: string) => string;

const DEEPEST = -2;
const HEIGHTS: Record<string, number> = { budget: 300, burn: 220, sli: 200, volume: 150 };
const AHEAD = 1 / 3; // of the span, at most, is given to what is foretold

/** Ends beyond the data, so that all charts have one span: nothing is known there. */
function spread(at: number[], columns: Column[], from: number, to: number): [number[], ...Column[]] {
  const before = at[0] === undefined || at[0] > from ? [from] : [];
  const after = at.length === 0 || (at.at(-1) as number) < to ? [to] : [];
  const beside = (column: Column): Column => [...before.map(() => null), ...column, ...after.map(() => null)];
  return [[...before, ...at, ...after], ...columns.map(beside)];
}

function ends(told: Told): [number, number] {
  const [from, now] = [epoch(told.start), epoch(told.end)];
  const horizon = told.forecast.length ? epoch((told.forecast.at(-1) as { at: string }).at) : now;
  return [from, Math.max(now, Math.min(horizon, now + (now - from) * AHEAD))];
}

function budget(told: Told, ink: Ink): Drawn {
  const [from, to] = ends(told);
  const past = told.series.at;
  const last = past.at(-1) ?? from;
  const ahead = told.forecast.filter((one) => epoch(one.at) > last && epoch(one.at) <= to);
  const here = told.series.burn_down?.at(-1) ?? null;
  const blank: Column = ahead.map(() => null);
  const before = (column: Column | undefined): Column => [...(column ?? []), ...blank];
  const after = (of: "middle" | "low80" | "high80" | "low95" | "high95"): Column => [
    ...past.slice(1).map(() => null),
    ...(past.length ? [ahead.length ? here : null] : []),
    ...ahead.map((one) => one[of]),
  ];
  const columns = [
    before(told.series.burn_down),
    before(told.series.remaining),
    after("middle"),
    after("low95"),
    after("high95"),
    after("low80"),
    after("high80"),
    ...(told.series.burn_down_before ? [before(told.series.burn_down_before)] : []),
  ];
  const edge = (label: string, width = 0): uPlot.Series => ({
    label,
    stroke: ink("second"),
    width,
    dash: [2, 2],
    points: { show: false },
  });
  const value = (_: uPlot, share: number | null): string => percent(share);
  return {
    data: spread([...past, ...ahead.map((one) => epoch(one.at))], columns, from, to),
    opts: {
      scales: { y: { range: (_, low) => [Math.max(DEEPEST, Math.min(-0.1, (low ?? 0) * 1.05)), 1.02] } },
      series: [
        {},
        {
          label: "Left of this window",
          stroke: ink("line"),
          width: 2,
          value,
          fill: (plot: uPlot) => aboveAndBelow(plot, ink),
          fillTo: 0,
        },
        { label: "Left of the window that ended then", stroke: ink("soft"), width: 1, dash: [2, 3], value },
        { label: "Foretold", stroke: ink("second"), width: 2, dash: [6, 4], value },
        edge("95 % low", 1),
        edge("95 % high", 1),
        edge("80 % low"),
        edge("80 % high"),
        ...(told.series.burn_down_before
          ? [{ label: "Left of the window before", stroke: ink("third"), width: 2, dash: [2, 3] }]
          : []),
      ].map((one) => ({ value, ...one })),
      bands: [
        { series: [5, 4], fill: faded(ink("second"), 0.14) },
        { series: [7, 6], fill: faded(ink("second"), 0.22) },
      ],
      hooks: {
        draw: [
          (plot) => {
            const [a, b] = told.ideal;
            if (a && b) {
              const x = (one: { at: string }): number => plot.valToPos(epoch(one.at), "x", true);
              const y = (one: { remaining: number }): number => plot.valToPos(one.remaining, "y", true);
              rule(plot, [x(a), y(a), x(b), y(b)], ink("soft"), 1.25, [5, 5]);
            }
            level(plot, 0, ink("ink"), 2);
          },
        ],
      },
    },
  };
}

function faded(colour: string, alpha: number): string {
  const [r, g, b] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return `rgba(${r}, ${g}, ${b}, ${alpha})`;
}

/** The ground of the budget: one colour above zero, another below it. */
function aboveAndBelow(plot: uPlot, ink: Ink): CanvasGradient | string {
  const { top, height } = plot.bbox;
  if (!height || plot.scales.y?.min == null) return "transparent";
  const at = Math.min(1, Math.max(0, (plot.valToPos(0, "y", true) - top) / height));
  const fill = plot.ctx.createLinearGradient(0, top, 0, top + height);
  for (const [place, name] of [
    [0, "area"],
    [at, "area"],
    [at, "over"],
    [1, "over"],
  ] as const)
    fill.addColorStop(place, faded(ink(name), 0.75));
  return fill;
}

function burn(told: Told, ink: Ink): Drawn {
  const value = (_: uPlot, rate: number | null): string => times(rate);
  const marks = told.thresholds.map((one) => one.burn_rate);
  const line = (label: string, colour: string, width: number, dash: number[]): uPlot.Series => ({
    label,
    stroke: ink(colour),
    width,
    dash,
    value,
  });
  return {
    data: spread(
      told.series.at,
      ["burn_1h", "burn_6h", "burn_3d"].map((name) => told.series[name] ?? []),
      ...ends(told),
    ),
    opts: {
      scales: { y: { range: (_, __, high) => [0, Math.max(1.5, (high ?? 0) * 1.08, ...shown(marks, high ?? 0))] } },
      series: [{}, line("1 h", "line", 1.5, []), line("6 h", "second", 2, [8, 3]), line("3 d", "third", 2, [3, 3])],
      hooks: {
        draw: [
          (plot) => {
            level(plot, 1, ink("ink"), 1);
            for (const one of told.thresholds)
              level(plot, one.burn_rate, ink(one.severity === "page" ? "bad" : "risk"), 1.5, [10, 4]);
          },
        ],
      },
    },
  };
}

/** Thresholds far above what was burned would press the curves flat: only those within reach stretch the scale. */
const shown = (marks: number[], high: number): number[] =>
  marks.filter((one) => one <= high * 4).map((one) => one * 1.1);

function sli(told: Told, counts: Told, ink: Ink): Drawn {
  return {
    data: spread(counts.series.at, [counts.series.sli ?? []], ...ends(told)),
    opts: {
      scales: {
        y: {
          range: (_, low) => {
            const room = Math.max(1 - told.target, 1 - (low ?? 1)) * 1.15 || 0.01;
            return [Math.max(0, 1 - room), 1 + room * 0.03];
          },
        },
      },
      series: [{}, { label: "SLI", stroke: ink("line"), width: 2, value: (_, share) => percent(share, 4) }],
      hooks: { draw: [(plot) => level(plot, told.target, ink("bad"), 1.5, [10, 4])] },
    },
  };
}

function volume(told: Told, counts: Told, ink: Ink): Drawn {
  const good = counts.series.good ?? [];
  const bad = counts.series.bad ?? [];
  const all = good.map((count, place) => (count == null ? null : count + (bad[place] ?? 0)));
  const bars = uPlot.paths.bars?.({ size: [0.9, 60, 1], align: -1 });
  const series = (label: string, name: string, of: Column): uPlot.Series => ({
    label,
    fill: ink(name),
    stroke: ink(name),
    width: 0,
    ...(bars ? { paths: bars } : {}),
    points: { show: false },
    value: (plot, _, __, place) => amount(place == null ? null : of[place - (plot.data[0].length > at.length ? 1 : 0)]),
  });
  const at = counts.series.at;
  return {
    data: spread(at, [all, bad], ...ends(told)),
    opts: {
      scales: { y: { range: (_, __, high) => [0, (high || 1) * 1.05] } },
      series: [{}, series("Good", "line", good), series("Bad", "bad", bad)],
    },
  };
}

const SCALES: Record<string, (value: number) => string> = {
  budget: (value) => percent(value, 1),
  burn: times,
  sli: (value) => percent(value, 4),
  volume: amount,
};

function options(name: string, drawn: Drawn, told: Told, ink: Ink, wide: number, reach: Reach): uPlot.Options {
  const axis = {
    stroke: ink("soft"),
    grid: { stroke: ink("rule"), width: 1 },
    ticks: { stroke: ink("rule"), width: 1 },
    font: '12px "Inter", system-ui, sans-serif',
  };
  const write = SCALES[name] as (value: number) => string;
  return {
    ...drawn.opts,
    width: wide,
    height: HEIGHTS[name] as number,
    tzDate: (at) => (zoned.local ? new Date(at * 1000) : uPlot.tzDate(new Date(at * 1000), "Etc/UTC")),
    series: [
      { label: shownZone(), value: (_, at) => (at == null ? "\u2014" : clock(at)) },
      ...(drawn.opts.series ?? []).slice(1),
    ],
    axes: [
      {
        ...axis,
        space: 64,
        values: (_, at, __, ___, apart) =>
          at.map((one, place) =>
            apart >= 86_400
              ? day(one)
              : place === 0 || day(one) !== day(at[place - 1] as number)
                ? `${minute(one)}\n${day(one)}`
                : minute(one),
          ),
      },
      { ...axis, size: 68, space: 36, values: (_, values) => values.map(write) },
    ],
    legend: { markers: { dash: (plot, place) => dashed(plot.series[place]?.dash) } },
    cursor: {
      lock: true,
      drag: { x: true, y: false, dist: 6 },
      sync: { key: "slo", scales: ["x", null] },
    },
    hooks: {
      ...drawn.opts.hooks,
      drawClear: [behind(told, ink)],
      draw: [...(drawn.opts.hooks?.draw ?? []), notes(told, ink)],
      ...reach.hooks,
    },
  };
}

/** Beside its name a line looks as it is drawn. */
const dashed = (dash: number[] | undefined): string =>
  !dash?.length ? "solid" : (dash[0] as number) > 3 ? "dashed" : "dotted";

/** Lets the page answer whoever waits before going on: no task may be long, however many points there are. */
const breathe = (): Promise<void> => new Promise((go) => setTimeout(go));

class Charts {
  private readonly plots = new Map<HTMLElement, uPlot>();
  private turn = 0;
  private asked: Asked | undefined;
  private reach: Reach | undefined;

  constructor(private readonly root: HTMLElement) {}

  async load(): Promise<void> {
    const said = this.root.querySelector<HTMLElement>("[data-said]");
    try {
      this.asked = await ask(this.root.dataset.series as string, "beside" in this.root.dataset);
    } catch (error) {
      if (said) said.textContent = `The curves could not be read: ${(error as Error).message}`;
      return;
    }
    if (said) said.textContent = "";
    this.reach ??= new Reach(this.root, this.asked.curves);
    await this.draw();
    tables(this.root, this.asked);
  }

  /** One chart after the other; whoever asks for them anew meanwhile gets them anew. */
  async draw(): Promise<void> {
    const [reach, turn] = [this.reach, ++this.turn];
    if (!this.asked || !reach) return;
    this.root.ariaBusy = "true";
    const { curves, counts } = this.asked;
    const ink = colours();
    const made: Record<string, () => Drawn> = {
      budget: () => budget(torn(curves), ink),
      burn: () => burn(torn(curves), ink),
      sli: () => sli(curves, counts, ink),
      volume: () => volume(curves, counts, ink),
    };
    const names: string[] = [];
    for (const place of this.root.querySelectorAll<HTMLElement>("[data-chart]")) {
      const name = place.dataset.chart as string;
      const figure = place.closest("figure");
      if (!made[name] || !figure) continue;
      await breathe();
      if (turn !== this.turn) return;
      const drawn = made[name]();
      figure.hidden = false;
      this.plots.get(place)?.destroy();
      place.replaceChildren();
      this.plots.set(place, new uPlot(options(name, drawn, curves, ink, place.clientWidth, reach), drawn.data, place));
      names.push(place.dataset.named ?? name);
    }
    await breathe();
    if (turn !== this.turn) return;
    reach.over([...this.plots.values()], names);
    this.root.ariaBusy = "false";
  }

  fit(): void {
    for (const plot of this.plots.values()) {
      const wide = plot.root.parentElement?.clientWidth ?? plot.width;
      if (wide !== plot.width) plot.setSize({ width: wide, height: plot.height });
    }
  }

  get watched(): boolean {
    return !!this.reach?.watched;
  }
}

const root = document.querySelector<HTMLElement>("[data-series]");
if (root) {
  const charts = new Charts(root);
  void charts.load();
  for (const name of ["leeway:theme", "leeway:zone"]) document.addEventListener(name, () => void charts.draw());
  matchMedia("(forced-colors: active)").addEventListener("change", () => void charts.draw());
  document.addEventListener("htmx:after:swap", () => {
    if (!charts.watched) void charts.load();
  });
  new ResizeObserver(() => charts.fit()).observe(root);
}
