/** Where an arrow key, Home or End leads in a grid of `columns` × `rows`; null for other keys. Stops at the edges. */
export function arrowMove(
  key: string,
  at: { column: number; row: number } | null,
  size: { columns: number; rows: number },
): { column: number; row: number } | null {
  const lastColumn = size.columns - 1;
  const lastRow = size.rows - 1;
  const within = (column: number, row: number) => ({
    column: Math.min(lastColumn, Math.max(0, column)),
    row: Math.min(lastRow, Math.max(0, row)),
  });
  switch (key) {
    case 'ArrowRight':
      return at ? within(at.column + 1, at.row) : { column: 0, row: 0 };
    case 'ArrowLeft':
      return at ? within(at.column - 1, at.row) : { column: lastColumn, row: 0 };
    case 'ArrowDown':
      return at ? within(at.column, at.row + 1) : { column: 0, row: 0 };
    case 'ArrowUp':
      return at ? within(at.column, at.row - 1) : { column: 0, row: lastRow };
    case 'Home':
      return { column: 0, row: at?.row ?? 0 };
    case 'End':
      return { column: lastColumn, row: at?.row ?? 0 };
    default:
      return null;
  }
}
