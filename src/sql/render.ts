import type { Literal, SqlNode } from './nodes.ts';
import type { RenderedSql } from './rendered.ts';

/**
 * The only place where a value becomes SQL text. Every string is written as `unhex('…')`, which needs no escaping at all;
 * numbers, dates and instants are checked first. Throws on anything else: that is our bug, never a user's mistake.
 */
export function renderSql(node: SqlNode): RenderedSql {
  return renderNode(node) as RenderedSql;
}

function renderNode(node: SqlNode): string {
  switch (node.kind) {
    case 'fragment':
      return node.text
        .map((text, index) => (index < node.gaps.length ? text + renderNode(gap(node.gaps, index)) : text))
        .join('');
    case 'joined':
      return node.parts.map(renderNode).join(node.separator);
    case 'identifier':
      if (!/^[a-z_][a-z0-9_]{0,120}$/.test(node.name))
        throw new Error(`not an identifier: ${JSON.stringify(node.name)}`);
      return `\`${node.name}\``;
    case 'comment':
      return `-- ${node.text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')}\n`;
    case 'indented':
      return renderNode(node.part).replaceAll('\n', '\n  ');
    default:
      return renderLiteral(node);
  }
}

function gap(gaps: readonly SqlNode[], index: number): SqlNode {
  const node = gaps[index];
  if (node === undefined) throw new Error('fragment without its gap');
  return node;
}

function renderLiteral(literal: Literal): string {
  switch (literal.kind) {
    case 'string':
      return literal.value === '' ? `''` : `unhex('${Buffer.from(literal.value, 'utf8').toString('hex')}')`;
    case 'number':
      if (!Number.isFinite(literal.value)) throw new Error(`not a finite number: ${literal.value}`);
      return literal.value < 0 ? `(${literal.value})` : String(literal.value);
    case 'uint64':
      if (literal.value < 0n || literal.value > 0xffff_ffff_ffff_ffffn)
        throw new Error(`not a 64-bit number: ${literal.value}`);
      return `toUInt64(${literal.value})`;
    case 'boolean':
      return literal.value ? '1' : '0';
    case 'date':
      if (!/^\d{4}-\d{2}-\d{2}$/.test(literal.value)) throw new Error(`not a date: ${literal.value}`);
      return `toDate32('${literal.value}')`;
    case 'instant':
      if (!Number.isSafeInteger(literal.value)) throw new Error(`not milliseconds: ${literal.value}`);
      return `fromUnixTimestamp64Milli(${literal.value}, 'UTC')`;
    case 'zone':
      if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/.test(literal.value))
        throw new Error(`not a time zone: ${JSON.stringify(literal.value)}`);
      return `'${literal.value}'`;
    case 'plain':
      if (!/^[A-Za-z0-9_./{}-]+$/.test(literal.value))
        throw new Error(`not to be written plainly: ${JSON.stringify(literal.value)}`);
      return `'${literal.value}'`;
    case 'list':
      if (literal.items.length === 0) throw new Error('an empty list has no SQL form: decide before rendering');
      return `(${literal.items.map(renderItem).join(', ')})`;
  }
}

/** Bare digits where they suffice: the engine reads a list of plain numbers five times as fast as one of function calls. */
function renderItem(item: Literal): string {
  const text = renderLiteral(item);
  return item.kind === 'uint64' ? text.slice('toUInt64('.length, -1) : text;
}
