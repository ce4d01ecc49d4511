import type { ImportColumn } from '../../src/contract/api.ts';

/** Three values as they stand in the file, on one line. */
export function Samples({ column }: { column: ImportColumn }) {
  const known = column.samples.filter((sample) => sample.trim() !== '').slice(0, 3);
  return (
    <>
      {known.length === 0 ? (
        <span className="faint">empty in the first rows</span>
      ) : (
        <ul className="import-samples" title={known.map((sample) => sample.slice(0, 500)).join('\n')}>
          {known.map((sample, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: samples may be equal
            <li key={index}>{sample.slice(0, 100)}</li>
          ))}
        </ul>
      )}
      {column.warning && (
        <p className="import-warning">
          <span className="dot" data-tone="warn" aria-hidden="true" /> {column.warning}
        </p>
      )}
    </>
  );
}
