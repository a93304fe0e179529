import type uPlot from "uplot";
import { clock, shownZone } from "./figures";
import { epoch, type Told } from "./told";

type Span = [from: number, to: number];
type Lockable = { _lock?: boolean };

const STRIDE = 10; // points, with the page keys
const MINUTE = 60;

/** What mouse and keys choose on the charts, on all of them at once: a part to look at, a moment or a span to hold. */
export class Reach {
  private plots: uPlot[] = [];
  private held: Span | undefined;
  private anchor: number | undefined;
  private spanning = false;

  constructor(
    private readonly root: HTMLElement,
    private readonly told: Told,
  ) {
    for (const [name, act] of [
      ["closer", () => this.zoom(0.5)],
      ["wider", () => this.zoom(2)],
      ["whole", () => this.whole()],
    ] as const)
      this.part(name)?.addEventListener("click", act);
  }

  /** What a chart calls when its cursor or its selection has moved. */
  get hooks(): uPlot.Hooks.Arrays {
    return {
      setCursor: [(plot) => document.activeElement === plot.over && this.say(plot)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (this.spanning && width > 0) this.hold([plot.posToVal(left, "x"), plot.posToVal(left + width, "x")]);
        },
      ],
      setScale: [(plot) => plot === this.plots[0] && this.link()],
    };
  }

  /** These charts take the place of those before; what was looked at and held stays. */
  over(plots: uPlot[], names: string[]): void {
    const [before, held] = [this.plots[0] && !this.isWhole ? this.shown : undefined, this.held];
    this.plots = plots;
    const bar = this.root.querySelector<HTMLElement>("[data-reach]");
    if (bar) bar.hidden = false;
    plots.forEach((plot, place) => this.wire(plot, names[place] ?? ""));
    if (before) this.look(before);
    if (held) this.hold(held);
  }

  /** Whoever looks closely at something is not disturbed by what comes in. */
  get watched(): boolean {
    return this.plots.length > 0 && (!this.isWhole || !!this.held || this.root.contains(document.activeElement));
  }

  private part<Kind extends HTMLElement>(name: string): Kind | null {
    return this.root.querySelector<Kind>(`[data-reach=${name}]`);
  }

  private get ends(): Span {
    const at = (this.plots[0] as uPlot).data[0];
    return [at[0] as number, at.at(-1) as number];
  }

  private get shown(): Span {
    const x = (this.plots[0] as uPlot).scales.x;
    return [x?.min ?? 0, x?.max ?? 0];
  }

  private get isWhole(): boolean {
    const [[a, b], [first, last]] = [this.shown, this.ends];
    return a <= first && b >= last;
  }

  private wire(plot: uPlot, name: string): void {
    const { over } = plot;
    over.tabIndex = 0;
    over.setAttribute("role", "slider");
    over.setAttribute("aria-label", name);
    over.setAttribute("aria-valuemin", "0");
    this.say(plot);
    over.addEventListener(
      "mousedown",
      (event) => {
        this.spanning = event.shiftKey;
        if (this.spanning) this.lock(false); // a cursor that is held draws no span
        for (const each of this.plots) (each.cursor.drag as uPlot.Cursor.Drag).setScale = !event.shiftKey;
      },
      true,
    );
    over.addEventListener("click", () => {
      if (this.spanning) this.lock(true);
      else if ((plot.cursor as Lockable)._lock) this.hold([this.at(plot), this.at(plot)]);
      else this.drop();
    });
    over.addEventListener("keydown", (event) => this.key(plot, event) && event.preventDefault());
    over.addEventListener("focus", () => {
      if (plot.cursor.idx == null) this.move(plot, this.index(plot));
      this.say(plot);
    });
  }

  private key(plot: uPlot, event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const at = plot.data[0];
    const [first, last] = [plot.series[0]?.idxs?.[0] ?? 0, plot.series[0]?.idxs?.[1] ?? at.length - 1];
    const here = this.index(plot);
    const step = { ArrowLeft: -1, ArrowRight: 1, PageDown: -STRIDE, PageUp: STRIDE }[event.key];
    const there = { Home: first, End: last }[event.key] ?? (step && here + step);
    if (there != null) {
      const from = this.anchor ?? (at[here] as number);
      this.move(plot, Math.min(last, Math.max(first, there)));
      if (event.shiftKey) {
        this.anchor = from;
        this.hold([from, this.at(plot)]);
      } else if (this.held) this.hold([this.at(plot), this.at(plot)]);
      if (!event.shiftKey) this.anchor = undefined;
    } else if (event.key === "Enter" || event.key === " ") {
      if (this.held) this.drop();
      else this.hold([this.at(plot), this.at(plot)]);
    } else if (event.key === "+" || event.key === "=") this.zoom(0.5);
    else if (event.key === "-") this.zoom(2);
    else if (event.key === "0") this.whole();
    else if (event.key === "Escape") {
      if (this.held) this.drop();
      else this.whole();
    } else return false;
    return true;
  }

  private at(plot: uPlot): number {
    return plot.data[0][this.index(plot)] as number;
  }

  /** Where the cursor stands; before it stood anywhere, the newest that is known. */
  private index(plot: uPlot): number {
    const now = epoch(this.told.end);
    return (
      plot.cursor.idx ??
      Math.max(
        0,
        plot.data[0].findLastIndex((at) => at <= now),
      )
    );
  }

  /** On every chart, also where the cursor is held. */
  private move(plot: uPlot, index: number): void {
    const at = plot.data[0][index] as number;
    for (const each of this.plots)
      each.setCursor({ left: each.valToPos(at, "x"), top: each.over.clientHeight / 2 }, true);
  }

  private say(plot: uPlot): void {
    const index = this.index(plot);
    const values = plot.series.slice(1).map((series, place) => {
      const value =
        typeof series.value === "function" &&
        series.value(plot, plot.data[place + 1]?.[index] as number, place + 1, index);
      return series.points?.show === false && !series.paths ? "" : `${series.label as string} ${value as string}`;
    });
    const time = `${clock(plot.data[0][index] as number)} ${shownZone()}`;
    plot.over.setAttribute("aria-valuemax", String(plot.data[0].length - 1));
    plot.over.setAttribute("aria-valuenow", String(index));
    plot.over.setAttribute("aria-valuetext", [time, ...values.filter((one) => one)].join(", "));
  }

  private zoom(by: number): void {
    const [[a, b], [first, last]] = [this.shown, this.ends];
    const plot = this.plots[0] as uPlot;
    const middle = plot.cursor.idx == null ? (a + b) / 2 : this.at(plot);
    const wide = Math.min(last - first, Math.max(5 * this.told.step_s, (b - a) * by));
    const from = Math.min(last - wide, Math.max(first, middle - wide * ((middle - a) / (b - a))));
    this.look([from, from + wide]);
  }

  private whole(): void {
    this.look(this.ends);
  }

  private look([min, max]: Span): void {
    for (const plot of this.plots) plot.setScale("x", { min, max });
  }

  private lock(held: boolean): void {
    for (const plot of this.plots) (plot.cursor as Lockable)._lock = held;
  }

  private drop(): void {
    this.held = this.anchor = undefined;
    this.lock(false);
    this.shade(0, 0);
    for (const name of ["write", "silence"]) this.offer(name, null);
    (this.part("said") as HTMLElement).textContent = "";
  }

  /** A moment or a span that was chosen can be written about; what is still to come, silenced. */
  private hold([one, other]: Span): void {
    const [from, to] = [Math.min(one, other), Math.max(one, other)].map(
      (at) => Math.round(at / MINUTE) * MINUTE,
    ) as Span;
    this.held = [from, to];
    this.lock(true);
    this.shade(from, to);
    const span = to > from ? `${clock(from)} to ${clock(to)}` : clock(from);
    (this.part("said") as HTMLElement).textContent = `${span} ${shownZone()}`;
    this.offer("write", { at: moment(from), until: to > from ? moment(to) : null });
    const now = epoch(this.told.end);
    const start = Math.max(from, now);
    const silence = { start: moment(start).slice(0, 16), end: moment(to).slice(0, 16) };
    this.offer("silence", to > start && to > from ? silence : null);
  }

  private offer(name: string, query: Record<string, string | null> | null): void {
    const link = this.part<HTMLAnchorElement>(name);
    if (!link) return; // who may only look is offered neither
    link.hidden = !query;
    const url = new URL(link.href);
    for (const [key, value] of Object.entries(query ?? {}))
      if (value) url.searchParams.set(key, value);
      else url.searchParams.delete(key);
    link.href = url.href;
  }

  private shade(from: number, to: number): void {
    for (const plot of this.plots) {
      const [left, right] = to > from ? [plot.valToPos(from, "x"), plot.valToPos(to, "x")] : [0, 0];
      plot.setSelect({ left, width: right - left, top: 0, height: to > from ? plot.over.clientHeight : 0 }, false);
    }
  }

  /** What is looked at closely has an address, where it is drawn as finely as it is known. */
  private link(): void {
    const link = this.part<HTMLAnchorElement>("part");
    if (!link) return;
    link.hidden = this.isWhole;
    const [from, to] = this.shown.map((at) => moment(Math.round(at / MINUTE) * MINUTE)) as [string, string];
    const url = new URL(location.href);
    url.searchParams.delete("span");
    url.searchParams.set("from", from);
    url.searchParams.set("to", to);
    link.href = url.href;
  }
}

const moment = (at: number): string => new Date(at * 1000).toISOString().replace(".000Z", "Z");
