/** `<button data-copy="text">` and `<button data-copies="id">`: what is on the page as text, on the clipboard. */
export function copying(): void {
  document.addEventListener("click", async (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("[data-copy], [data-copies]");
    if (!button) return;
    const named = button.dataset.copies && document.getElementById(button.dataset.copies);
    const text = button.dataset.copy ?? (named ? (named as HTMLTextAreaElement).value || named.textContent : "") ?? "";
    await navigator.clipboard.writeText(text);
    const before = button.textContent;
    button.textContent = "Copied";
    button.classList.add("copied");
    setTimeout(() => {
      button.textContent = before;
      button.classList.remove("copied");
    }, 1500);
  });
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy][hidden], [data-copies][hidden]"))
    button.hidden = false;
}
