/** The small closed tree of ClickHouse SQL that Turnout uses. Frozen data, no behaviour; `render.ts` is its only reader. */

export type Literal =
  | { kind: 'string'; value: string }
  | { kind: 'number'; value: number }
  | { kind: 'uint64'; value: bigint }
  | { kind: 'boolean'; value: boolean }
  /** A local date `2024-11-15`. */
  | { kind: 'date'; value: string }
  /** UTC milliseconds, rendered as DateTime64(3, 'UTC'). */
  | { kind: 'instant'; value: number }
  /** An IANA zone name, checked against its alphabet and written plainly so that the SQL can be read. */
  | { kind: 'zone'; value: string }
  /** Letters, digits and `_./{}-`, written plainly where the engine takes no expression: names of clusters, paths of replicas. */
  | { kind: 'plain'; value: string }
  /** `unhex` of every string; rendered as a tuple for IN. */
  | { kind: 'list'; items: readonly Literal[] };

/** A name checked against `[a-z_][a-z0-9_]*` when rendered. */
export interface Identifier {
  kind: 'identifier';
  name: string;
}

/** Static text written in our own code with nodes in its gaps; made by the `sql` tag only. */
export interface Fragment {
  kind: 'fragment';
  text: readonly string[];
  gaps: readonly SqlNode[];
}

/** Parts joined by a separator, e.g. columns by `, `. */
export interface Joined {
  kind: 'joined';
  separator: ', ' | ' AND ' | ' OR ' | ' UNION ALL ' | '\n' | ',\n' | '\nAND ' | '\nUNION ALL\n';
  parts: readonly SqlNode[];
}

/** A remark for the reader of the SQL, on a line of its own. */
export interface Comment {
  kind: 'comment';
  text: string;
}

/** A part whose lines after the first are set in by two spaces. */
export interface Indented {
  kind: 'indented';
  part: SqlNode;
}

export type SqlNode = Literal | Identifier | Fragment | Joined | Comment | Indented;
