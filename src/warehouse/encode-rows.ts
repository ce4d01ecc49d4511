/**
 * JSONCompactEachRow lines. Cells: string, number, bigint (written as digits), boolean, null; anything else as its JSON text in a
 * string. Instants are numbers of milliseconds, which is how the engine stores DateTime64(3). Lone surrogates become U+FFFD, as
 * they do in `renderSql`.
 */
export function encodeRows(rows: readonly (readonly unknown[])[]): Buffer {
  let text = '';
  for (const row of rows) {
    let line = '';
    for (const cell of row) line += `,${encodeCell(cell)}`;
    text += `[${line.slice(1)}]\n`;
  }
  return Buffer.from(text, 'utf8');
}

function encodeCell(cell: unknown): string {
  switch (typeof cell) {
    case 'string':
      return JSON.stringify(cell.isWellFormed() ? cell : cell.toWellFormed());
    case 'number':
      if (!Number.isFinite(cell)) throw new Error(`not a finite number: ${cell}`);
      return String(cell);
    case 'bigint':
      return cell.toString();
    case 'boolean':
      return cell ? '1' : '0';
    default:
      return cell === null || cell === undefined ? 'null' : JSON.stringify(JSON.stringify(cell));
  }
}
