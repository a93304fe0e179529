/** What this browser prefers, for a year; the server reads it, so a page comes as it is wanted. */
export function prefer(name: "leeway_theme" | "leeway_zone", value: string): void {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=strict`;
}
