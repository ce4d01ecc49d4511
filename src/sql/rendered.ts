declare const brand: unique symbol;

/** SQL text that is safe to send. Only `render.ts` makes it, and only it reaches the warehouse. */
export type RenderedSql = string & { readonly [brand]: 'RenderedSql' };
