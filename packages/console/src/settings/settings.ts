import { createStore, useStore } from "../venue/store.ts";

/** How this browser shows things; kept in it and nowhere else. */
export interface Settings {
  readonly theme: "system" | "dark" | "light";
  /** "" is the browser's own. */
  readonly locale: string;
  /** "" is the browser's own. */
  readonly timeZone: string;
}

const KEY = "halcyon.settings";
const DEFAULTS: Settings = { theme: "system", locale: "", timeZone: "" };

export const settings = createStore<Settings>(read());

export function changeSettings(change: Partial<Settings>): void {
  const next = { ...settings.get(), ...change };
  settings.set(next);
  applyTheme(next);
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // A browser that keeps nothing still shows what was chosen.
  }
}

export function useSettings(): Settings {
  return useStore(settings);
}

export function applyTheme({ theme }: Settings = settings.get()): void {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset["theme"];
  else dataset["theme"] = theme;
}

function read(): Settings {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    return DEFAULTS;
  }
}
