// The target of a new SLO: slider and number show the same. What it would have meant the server works out.
const form = document.querySelector<HTMLFormElement>("form[data-aim]");
const slider = form?.querySelector<HTMLInputElement>("#place");
const box = form?.querySelector<HTMLInputElement>("#target");
const was = form?.querySelector<HTMLInputElement>("[name=was]");
const told = [...(form?.querySelectorAll<HTMLOptionElement>("#targets option") ?? [])].map((one) => one.label);

/** The place whose target is nearest to what was typed, by what may go bad. */
function nearest(percent: number): number {
  const away = (one: string): number => Math.abs(Math.log((100 - parseFloat(one)) / (100 - percent)));
  return told.reduce((best, one, at) => (away(one) < away(told[best] as string) ? at : best), 0);
}

if (form && slider && box && was) {
  const stand = (place: number): void => {
    slider.value = was.value = String(place);
    slider.setAttribute("aria-valuetext", told[place] ?? "");
  };
  // before htmx asks: it hears the form after the fields
  slider.addEventListener("input", () => {
    box.value = parseFloat(told[Number(slider.value)] ?? "") + "";
    stand(Number(slider.value));
  });
  box.addEventListener("input", () => {
    const percent = parseFloat(box.value.replace(",", "."));
    if (percent > 0 && percent < 100) stand(nearest(percent));
  });
  for (const plain of form.querySelectorAll<HTMLElement>("[data-plain]")) plain.hidden = true;
}
