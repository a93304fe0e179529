/** Ctrl K: the page /find in a dialog, asked again while one types; arrows choose, Enter goes there. */
export function palette(): () => void {
  const dialog = document.querySelector<HTMLDialogElement>("#palette");
  const input = dialog?.querySelector<HTMLInputElement>("input");
  const found = dialog?.querySelector<HTMLElement>(".found");
  if (!dialog || !input || !found) return () => {};

  let asked = 0;
  const ask = async (): Promise<void> => {
    const mine = ++asked;
    const project = new URLSearchParams(location.search).get("project") ?? "";
    const wanted = new URLSearchParams({ part: "list", q: input.value, ...(project && { project }) });
    const answer = await fetch(`/find?${wanted}`);
    const text = await answer.text();
    if (mine !== asked) return;
    const list = new DOMParser().parseFromString(text, "text/html").querySelectorAll(".found > li");
    found.replaceChildren(...list);
    choose(0);
  };
  const rows = (): HTMLElement[] => [...found.querySelectorAll<HTMLElement>("li")];
  const chosen = (): number => rows().findIndex((row) => row.getAttribute("aria-selected") === "true");
  const choose = (place: number): void => {
    const all = rows();
    all.forEach((row, index) => {
      row.id = `found-${index}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(index === place));
    });
    all[place]?.scrollIntoView({ block: "nearest" });
    if (all[place]) input.setAttribute("aria-activedescendant", `found-${place}`);
    else input.removeAttribute("aria-activedescendant");
  };
  let answered: Promise<void> = Promise.resolve();
  input.addEventListener("input", () => {
    answered = ask();
  });
  input.addEventListener("keydown", (event) => {
    const last = rows().length - 1;
    if (event.key === "ArrowDown") choose(Math.min(last, chosen() + 1));
    else if (event.key === "ArrowUp") choose(Math.max(0, chosen() - 1));
    else if (event.key === "Enter")
      void answered.then(() => rows()[chosen()]?.querySelector("a")?.click()); // of what was typed, not of what still stands there
    else return;
    event.preventDefault();
  });
  const open = (): void => {
    if (dialog.open) return;
    dialog.showModal();
    input.value = "";
    answered = ask();
  };
  document.querySelector("[data-do=find]")?.addEventListener("click", (event) => {
    event.preventDefault();
    open();
  });
  return open;
}
