import { createContext, use } from 'react';

/** Apart from the state of the page, so that a tile that is dimmed is not drawn anew. */
const Context = createContext(false);
export const TileBusyProvider = Context.Provider;

/** What the tile shows belongs to the state before; the answer is on the way. */
export function useTileBusy(): boolean {
  return use(Context);
}
