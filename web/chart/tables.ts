import { amount, clock, percent, shownZone, times } from "./figures";
import type { ask, Told } from "./told";

type Write = (value: number | null) => string;
type Columns = [name: string, title: string, write: Write][];
const MOST = 500;

const fine: Write = (share) => percent(share, 4);
const COLUMNS: Record<string, Columns> = {
  budget: [
    ["burn_down", "Left of this window", fine],
    ["remaining", "Left of the window that ended then", fine],
    ["burn_down_before", "Left of the window before, as long after its start", fine],
  ],
  burn: [
    ["burn_1h", "1 h", times],
    ["burn_6h", "6 h", times],
    ["burn_3d", "3 d", times],
  ],
  sli: [["sli", "SLI", fine]],
  volume: [
    ["good", "Good", amount],
    ["bad", "Bad", amount],
  ],
};

/** Every chart as a table, made when somebody opens it. */
export function tables(root: HTMLElement, { curves, counts }: Awaited<ReturnType<typeof ask>>): void {
  for (const place of root.querySelectorAll<HTMLDetailsElement>("details[data-table]")) {
    const name = place.dataset.table as string;
    const told = name === "sli" || name === "volume" ? counts : curves;
    const columns = (COLUMNS[name] ?? []).filter(([column]) => told.series[column]);
    const fill = (): void => place.querySelector(".scroll")?.replaceChildren(table(told, columns));
    place.ontoggle = () => place.open && fill();
    if (place.open) fill();
  }
}

function table(told: Told, columns: Columns): HTMLTableElement {
  const made = document.createElement("table");
  made.className = "table";
  const at = told.series.at;
  const first = Math.max(0, at.length - MOST);
  const caption = made.createCaption();
  caption.textContent = first ? `The newest ${MOST} of ${amount(at.length)} moments that are drawn` : "";
  const head = made.createTHead().insertRow();
  for (const title of [`Until (${shownZone()})`, ...columns.map((one) => one[1])]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = title;
    if (head.cells.length) cell.className = "num";
    head.append(cell);
  }
  const body = made.createTBody();
  for (let place = at.length - 1; place >= first; place--) {
    const row = body.insertRow();
    const time = document.createElement("th");
    time.scope = "row";
    time.textContent = clock(at[place] as number);
    row.append(time);
    for (const [name, , write] of columns) {
      const cell = row.insertCell();
      cell.className = "num";
      cell.textContent = write(told.series[name]?.[place] ?? null);
    }
  }
  return made;
}
