/** Geometry of a sparkline in a box of 100 × `height` units. Pure. */
export interface SparklinePaths {
  /** SVG path data; '' where there is nothing to draw. */
  solid: string;
  /** The tail that is not complete yet. */
  dashed: string;
  compared: string;
  /** The last complete point. */
  dot: { x: number; y: number } | null;
}

export function sparklinePaths(
  values: readonly (number | null)[],
  partial: readonly boolean[],
  compared: readonly (number | null)[] | null,
  height: number,
): SparklinePaths {
  const known = [...values, ...(compared ?? [])].filter((value): value is number => value !== null);
  const low = Math.min(...known);
  const high = Math.max(...known);
  const x = (index: number): number => (values.length < 2 ? 50 : (index / (values.length - 1)) * 100);
  const y = (value: number): number =>
    high === low ? height / 2 : height - 2 - ((value - low) / (high - low)) * (height - 4);
  const path = (points: readonly (number | null)[]): string => {
    let pen = 'M';
    let text = '';
    points.forEach((value, index) => {
      if (value === null) {
        pen = 'M';
        return;
      }
      text += `${pen}${round(x(index))} ${round(y(value))}`;
      pen = 'L';
    });
    return text;
  };
  let last = -1;
  values.forEach((value, index) => {
    if (value !== null && !partial[index]) last = index;
  });
  const end = values[last];
  return {
    solid: path(values.map((value, index) => (partial[index] ? null : value))),
    dashed: partial.some(Boolean)
      ? path(values.map((value, index) => (partial[index] || partial[index - 1] || partial[index + 1] ? value : null)))
      : '',
    compared: compared ? path(compared) : '',
    dot: end === null || end === undefined ? null : { x: round(x(last)), y: round(y(end)) },
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
