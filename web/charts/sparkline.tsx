import { sparklinePaths } from './sparkline-path.ts';

const HEIGHT = 32;

/** A line without axes: the comparison thin and grey, the incomplete tail dashed, the last complete point dotted. */
export function Sparkline(props: {
  label: string;
  values: readonly (number | null)[];
  partial: readonly boolean[];
  compared: readonly (number | null)[] | null;
}) {
  const paths = sparklinePaths(props.values, props.partial, props.compared, HEIGHT);
  return (
    <svg
      className="sparkline"
      role="img"
      aria-label={props.label}
      viewBox={`0 0 100 ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      {paths.compared && <path className="sparkline-compared" d={paths.compared} />}
      {paths.dashed && <path className="sparkline-line sparkline-dashed" d={paths.dashed} />}
      {paths.solid && <path className="sparkline-line" d={paths.solid} />}
      {paths.dot && <path className="sparkline-dot" d={`M${paths.dot.x} ${paths.dot.y}h0.01`} />}
    </svg>
  );
}
