import { prefer } from "./cookie";

/** Light, dark or as the system has it: charts hear of a change by the event `leeway:theme`. */
export function theme(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-do=theme]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const root = document.documentElement;
    const dark =
      getComputedStyle(root).colorScheme === "dark" ||
      (!root.dataset.bsTheme && matchMedia("(prefers-color-scheme: dark)").matches);
    root.dataset.bsTheme = dark ? "light" : "dark";
    prefer("leeway_theme", root.dataset.bsTheme);
    document.dispatchEvent(new Event("leeway:theme"));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    document.dispatchEvent(new Event("leeway:theme")),
  );
}
