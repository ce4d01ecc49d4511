import type { z } from 'zod';
import type { Pointer } from './source-document.ts';

/** The keys a schema knows at a place of a document: what an unknown key is compared with. */
export function allowedKeys(schema: z.ZodType, pointer: Pointer, document: unknown): string[] {
  let schemas: z.core.$ZodType[] = alternatives(schema, document);
  let value = document;
  for (const step of pointer) {
    value = typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[step] : undefined;
    schemas = schemas
      .flatMap((candidate) => childSchemas(candidate, step))
      .flatMap((child) => alternatives(child, value));
  }
  return [...new Set(schemas.flatMap(keysOf))];
}

/** Unwraps defaults and optionals and opens unions; a discriminated union is narrowed by the document. */
function alternatives(schema: z.core.$ZodType, value: unknown): z.core.$ZodType[] {
  const def = definitionOf(schema);
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'prefault':
    case 'nullable':
    case 'readonly':
      return alternatives(def.innerType, value);
    case 'pipe':
      return alternatives(def.in, value);
    case 'union': {
      const options = def.options.flatMap((option) => alternatives(option, value));
      const key = 'discriminator' in def ? String(def.discriminator) : undefined;
      if (key === undefined || typeof value !== 'object' || value === null) return options;
      const word: unknown = (value as Record<string, unknown>)[key];
      return options.filter((option) => {
        const inner = definitionOf(option);
        if (inner.type !== 'object') return false;
        const tag = inner.shape[key];
        if (tag === undefined) return false;
        const tagDefinition = definitionOf(tag);
        return tagDefinition.type === 'literal' && tagDefinition.values.some((literal) => literal === word);
      });
    }
    default:
      return [schema];
  }
}

function childSchemas(schema: z.core.$ZodType, step: string | number): z.core.$ZodType[] {
  const def = definitionOf(schema);
  if (def.type === 'object') {
    const child = def.shape[String(step)];
    return child === undefined ? [] : [child];
  }
  if (def.type === 'array') return [def.element];
  if (def.type === 'record') return [def.valueType];
  return [];
}

function keysOf(schema: z.core.$ZodType): string[] {
  const def = definitionOf(schema);
  return def.type === 'object' ? Object.keys(def.shape) : [];
}

const definitionOf = (schema: z.core.$ZodType): z.core.$ZodTypes['_zod']['def'] =>
  (schema as z.core.$ZodTypes)._zod.def;
