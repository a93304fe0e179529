/** `Chart` of the API, as far as it is drawn. Times are RFC 3339 but for `at`, which is in epoch seconds. */
export interface Told {
  target: number;
  unit: "events" | "slices";
  start: string;
  end: string;
  step_s: number;
  series: { at: number[] } & Record<string, (number | null)[]>;
  thresholds: { policy: string; severity: "page" | "ticket"; burn_rate: number; long_s: number }[];
  ideal: { at: string; remaining: number }[];
  forecast: {
    at: string;
    middle: number | null;
    low80: number | null;
    high80: number | null;
    low95: number | null;
    high95: number | null;
  }[];
  alerts: { policy: string; severity: "page" | "ticket"; start: string; end: string | null; told: boolean }[];
  silences: { start: string; end: string; by: string; why: string }[];
  unknown: { start: string; end: string }[];
  annotations: { start: string; end: string | null; text: string; by: string }[];
}

export const epoch = (moment: string): number => Date.parse(moment) / 1000;

const STEPS = [60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800];
const BARS = 240;

async function asked(address: string, wanted: Record<string, string>): Promise<Told> {
  const url = new URL(address, location.href);
  for (const [name, value] of Object.entries(wanted)) url.searchParams.set(name, value);
  const answer = await fetch(url, { headers: { accept: "application/json" } });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail ?? answer.statusText);
  return told as Told;
}

/**
 * The same with no curve across what is not known, though a budget counts on there as it was. Where a source knows only a
 * minute of each hour, the gaps are too narrow to see and would fray the curve: they are hatched, and it goes on.
 */
export function torn(told: Told): Told {
  const seen = (epoch(told.end) - epoch(told.start)) / 100;
  const gaps = told.unknown.map((gap) => [epoch(gap.start), epoch(gap.end)] as const).filter(([a, b]) => b - a > seen);
  const inside = told.series.at.map((at) => gaps.some(([start, end]) => at > start && at < end));
  const columns = Object.entries(told.series).map(([name, column]) =>
    name === "at" ? [name, column] : [name, column.map((value, place) => (inside[place] ? null : value))],
  );
  return { ...told, series: Object.fromEntries(columns) };
}

/** Curves as fine as they can be, that of the window before `beside` them if that is wanted, and counts by steps that are wide enough to be seen as bars. */
export async function ask(address: string, beside: boolean): Promise<{ curves: Told; counts: Told }> {
  const curves = await asked(address, {
    metrics: `burn_down,remaining,burn_1h,burn_6h,burn_3d${beside ? ",burn_down_before" : ""}`,
    max_points: "4000",
  });
  const length = epoch(curves.end) - epoch(curves.start);
  const step = STEPS.find((each) => each % curves.step_s === 0 && length / each <= BARS) ?? curves.step_s;
  const counts = await asked(address, { metrics: "sli,good,bad", step: String(step), max_points: "4000" });
  return { curves, counts };
}
