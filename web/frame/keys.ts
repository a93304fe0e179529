const GO: Record<string, string> = { o: "/", s: "/slos", a: "/alerts", c: "/calendar", r: "/reports" };

/** Keys for people who live on this page. Whatever is being typed into a field is left alone. */
export function keys(find: () => void): void {
  let going = false;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      find();
      return;
    }
    const at = event.target as Element;
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      at.closest("input, textarea, select, [contenteditable], dialog[open]")
    )
      return;
    if (going && GO[event.key]) go(GO[event.key] as string);
    going = event.key === "g";
    if (event.key === "/") {
      event.preventDefault();
      find();
    } else if (event.key === "?") document.querySelector<HTMLDialogElement>("#keys")?.showModal();
    else if (event.key === "j" || event.key === "k") along(event.key === "j" ? 1 : -1);
  });
  document.addEventListener("click", (event) => {
    const inside = (event.target as Element).closest("details.menu");
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]"))
      if (menu !== inside) menu.open = false;
    if ((event.target as Element).closest("[data-do=close]")) (event.target as Element).closest("dialog")?.close();
    if ((event.target as Element).closest("[data-do=keys]"))
      document.querySelector<HTMLDialogElement>("#keys")?.showModal();
  });
  for (const button of document.querySelectorAll<HTMLElement>("[data-do=keys]")) button.hidden = false;
}

/** As by the rail, whose links stay in the project. */
function go(to: string): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>(".rail li a")];
  links.find((one) => one.pathname === to)?.click();
}

/** The links of the rows of a list, one after the other. */
function along(step: number): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>("main tbody th[scope=row] > a:not(.word)")];
  const now = links.indexOf(document.activeElement as HTMLAnchorElement);
  links[Math.max(0, Math.min(links.length - 1, now + step))]?.focus();
}
