/** A word with a meaning links to the glossary, or sorts a list by it; pointing at it or reaching it shows the meaning. */
export function meanings(): void {
  const box = document.createElement("div");
  box.className = "meaning";
  box.id = "meaning";
  box.popover = "manual";
  box.setAttribute("role", "tooltip");
  document.body.append(box);

  const show = (event: Event): void => {
    const word = (event.target as Element).closest?.<HTMLElement>("[data-means]");
    if (!word) return;
    box.textContent = word.dataset.means ?? "";
    word.setAttribute("aria-describedby", "meaning");
    box.showPopover();
    const at = word.getBoundingClientRect();
    const left = Math.min(at.left + scrollX, scrollX + document.documentElement.clientWidth - box.offsetWidth - 8);
    const below = at.bottom + box.offsetHeight + 8 < innerHeight;
    box.style.left = `${Math.max(8, left)}px`;
    box.style.top = `${scrollY + (below ? at.bottom + 6 : at.top - box.offsetHeight - 6)}px`;
  };
  const hide = (event: Event): void => {
    (event.target as Element).closest?.("[data-means]")?.removeAttribute("aria-describedby");
    if (box.matches(":popover-open")) box.hidePopover();
  };
  for (const name of ["pointerover", "focusin"]) document.addEventListener(name, show);
  for (const name of ["pointerout", "focusout"]) document.addEventListener(name, hide);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide(event));
}
