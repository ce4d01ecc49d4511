/** Where things are inside a plot, in CSS pixels; the same arithmetic places ECharts' grid and our own labels, shading and tooltips. */
export interface PlotArea {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export function plotWidth(area: PlotArea): number {
  return Math.max(1, area.width - area.left - area.right);
}

export function plotHeight(area: PlotArea): number {
  return Math.max(1, area.height - area.top - area.bottom);
}

/** Centre of point `index` of `count` on an axis whose first point touches the left edge and last the right. */
export function pointX(area: PlotArea, index: number, count: number): number {
  return count < 2 ? area.left + plotWidth(area) / 2 : area.left + (index / (count - 1)) * plotWidth(area);
}

/** The nearest point to `x`. */
export function indexAtX(area: PlotArea, x: number, count: number): number {
  if (count < 2) return 0;
  return Math.min(count - 1, Math.max(0, Math.round(((x - area.left) / plotWidth(area)) * (count - 1))));
}

export function valueY(area: PlotArea, value: number, min: number, max: number): number {
  return area.top + (1 - (value - min) / (max - min)) * plotHeight(area);
}

/** The band of `count` equal bands, top to bottom, that holds `y`. */
export function bandAtY(area: PlotArea, y: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor(((y - area.top) / plotHeight(area)) * count)));
}

export function bandY(area: PlotArea, index: number, count: number): number {
  return area.top + ((index + 0.5) / count) * plotHeight(area);
}

/** A generous width in pixels of text, for margins. */
export function textWidth(text: string, fontSize = 12): number {
  let width = 0;
  for (const character of text) width += /[MW@%m]/.test(character) ? 12 : /[iljt.,:'| ]/.test(character) ? 4.5 : 7.8;
  return (width * fontSize) / 12;
}

/** Moves labels apart vertically: keeps their order, at least `gap` between neighbours, all within [top, bottom] where they fit. */
export function spreadLabels(wanted: readonly number[], gap: number, top: number, bottom: number): number[] {
  const order = wanted.map((y, index) => ({ y, index })).sort((a, b) => a.y - b.y);
  let floor = top;
  for (const label of order) {
    label.y = Math.max(label.y, floor);
    floor = label.y + gap;
  }
  let ceiling = bottom;
  for (const label of order.toReversed()) {
    label.y = Math.min(label.y, ceiling);
    ceiling = label.y - gap;
  }
  const placed = wanted.map(() => 0);
  for (const label of order) placed[label.index] = label.y;
  return placed;
}
