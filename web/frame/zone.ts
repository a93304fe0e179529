import { prefer } from "./cookie";

export const zoned = { local: false };

const WANTED: Record<string, Intl.DateTimeFormatOptions> = {
  clock: {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
    hourCycle: "h23",
  },
  day: { day: "numeric", month: "short" },
  minute: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};

/** Times stand in UTC as the server wrote them; whoever wants their own zone gets it, and the page says which it shows. */
export function zone(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-do=zone]");
  if (!button) return;
  button.hidden = false;
  zoned.local = button.dataset.zone === "local";
  const show = (): void => {
    button
      .querySelector("span")
      ?.replaceChildren(zoned.local ? Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC");
    button.setAttribute("aria-pressed", String(zoned.local));
    written(document);
    document.dispatchEvent(new Event("leeway:zone"));
  };
  button.addEventListener("click", () => {
    zoned.local = !zoned.local;
    prefer("leeway_zone", zoned.local ? "local" : "utc");
    show();
  });
  document.addEventListener("htmx:after:swap", () => written(document));
  if (zoned.local) show();
}

function written(root: ParentNode): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-as]")) {
    time.dataset.utc ??= time.textContent ?? "";
    const form = WANTED[time.dataset.as ?? ""];
    const local = form && new Intl.DateTimeFormat("en-GB", form).format(new Date(time.dateTime));
    time.textContent = zoned.local && local ? local : time.dataset.utc;
  }
}
