import './figures.css';

export interface Figure {
  label: string;
  value: string;
  /** Grey words beside it; none where empty. */
  note: string;
}

/** The few numbers that a page begins with, side by side. */
export function Figures({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl className="figures">
      {figures.map(({ label, value, note }) => (
        <div key={label} className="panel">
          <dt>{label}</dt>
          <dd>
            <strong>{value}</strong>
            {note && <span className="faint">{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
