import type { ReactNode } from 'react';

/** A heading's text; `number` stands at the right edge as its numbers do; `hidden` is for screen readers only. */
type Heading = string | { number: string } | { hidden: string; className?: string };

interface PlainTableProps {
  headings: readonly Heading[];
  className?: string;
  /** For screen readers, where nothing else names the table. */
  caption?: string;
  foot?: ReactNode;
  /** Rows of the body. */
  children: ReactNode;
}

/** A table whose rows are rendered as they are: nothing to sort, to search or to filter. */
export function PlainTable({ headings, className, caption, foot, children }: PlainTableProps) {
  return (
    <table className={classes('plain-table', className)}>
      {caption && <caption className="visually-hidden">{caption}</caption>}
      <thead>
        <tr>
          {headings.map((heading) => (
            <ColumnHeading key={textOf(heading)} heading={heading} />
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
      {foot && <tfoot>{foot}</tfoot>}
    </table>
  );
}

function ColumnHeading({ heading }: { heading: Heading }) {
  if (typeof heading === 'string') return <th scope="col">{heading}</th>;
  if ('number' in heading) {
    return (
      <th scope="col" className="number">
        {heading.number}
      </th>
    );
  }
  return (
    <th scope="col" className={heading.className}>
      <span className="visually-hidden">{heading.hidden}</span>
    </th>
  );
}

function textOf(heading: Heading): string {
  if (typeof heading === 'string') return heading;
  return 'number' in heading ? heading.number : heading.hidden;
}

type TableFrameProps = {
  className?: string;
  children: ReactNode;
} & (
  | { label: string; labelledBy?: undefined }
  | {
      /** Id of the heading that names it. */
      labelledBy: string;
      label?: undefined;
    }
);

/** A frame in which a table scrolls; a panel unless `className` says otherwise. */
export function TableFrame({ label, labelledBy, className = 'panel', children }: TableFrameProps) {
  return (
    <section
      className={classes(className, 'table-scroll')}
      aria-label={label}
      aria-labelledby={labelledBy}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      {children}
    </section>
  );
}

function classes(...names: (string | undefined)[]): string {
  return names.filter(Boolean).join(' ');
}
