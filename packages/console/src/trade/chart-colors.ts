/** The theme's colours as canvases need them: `light-dark()` is resolved by an element, not by a canvas. */
export interface ChartColors {
  readonly text: string;
  readonly dim: string;
  readonly line: string;
  readonly panel: string;
  readonly buy: string;
  readonly sell: string;
  readonly buyTint: string;
  readonly sellTint: string;
}

export function chartColors(element: HTMLElement): ChartColors {
  const probe = document.createElement("span");
  element.append(probe);
  const color = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colors = {
    text: color("text"),
    dim: color("dim"),
    line: color("line"),
    panel: color("panel"),
    buy: color("buy"),
    sell: color("sell"),
    buyTint: color("buy-tint"),
    sellTint: color("sell-tint"),
  };
  probe.remove();
  return colors;
}

/** Calls back when the theme is another, by choice or by the system. */
export function onThemeChange(changed: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  system.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    system.removeEventListener("change", changed);
  };
}
