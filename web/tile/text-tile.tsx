import type { Tile } from '../../src/contract/dashboard.ts';

/** Paragraphs of plain text; an empty line begins a new one. */
export function TextTile({ tile }: { tile: Extract<Tile, { kind: 'text' }> }) {
  return (
    <article id={`tile-${tile.id}`} className="tile tile-text" tabIndex={-1}>
      {tile.title && <h2>{tile.title}</h2>}
      {tile.text.split(/\n\s*\n/).map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
    </article>
  );
}
