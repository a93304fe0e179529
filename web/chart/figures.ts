import { zoned } from "../frame/zone";

const MINUS = "\u2212";
const NONE = "\u2014";

/** As the server writes figures: below zero stands the real minus, nothing known is a dash. */
export function percent(share: number | null | undefined, digits = 1): string {
  if (share == null) return NONE;
  const text = Math.abs(share * 100).toLocaleString("en-GB", { maximumFractionDigits: digits });
  return `${share < 0 && text !== "0" ? MINUS : ""}${text}\u00a0%`;
}

export function times(rate: number | null | undefined): string {
  return rate == null ? NONE : `${rate.toLocaleString("en-GB", { maximumSignificantDigits: 3 })}×`;
}

export function amount(count: number | null | undefined): string {
  return count == null ? NONE : count.toLocaleString("en-GB", { maximumSignificantDigits: 6 });
}

/** The zone that the page shows times in. */
export const shownZone = (): string => (zoned.local ? Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC");

function formed(at: number, form: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat("en-GB", { ...form, hourCycle: "h23", timeZone: shownZone() }).format(at * 1000);
}

export const day = (at: number): string => formed(at, { day: "numeric", month: "short" });
export const minute = (at: number): string => formed(at, { hour: "2-digit", minute: "2-digit" });
export const clock = (at: number): string => `${day(at)} ${minute(at)}`;
