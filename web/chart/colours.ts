/** A canvas knows no CSS variable and no light-dark(): an element takes the colour, and tells what it came to be. */
export function colours(): (name: string) => string {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.setProperty("forced-color-adjust", "none");
  document.body.append(probe);
  const known = new Map<string, string>();
  return (name) => {
    let found = known.get(name);
    if (!found) {
      probe.style.color = `var(--${name})`;
      found = getComputedStyle(probe).color;
      known.set(name, found);
    }
    return found;
  };
}
