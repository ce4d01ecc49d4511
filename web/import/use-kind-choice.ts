import { useCallback, useRef, useState } from 'react';
import type { ImportInfo } from '../../src/contract/api.ts';
import type { RowMapping } from '../../src/contract/mapping.ts';
import type { ImportAction } from './import-api.ts';

export interface KindChoice {
  /** As chosen on the page; null while it is the server's. */
  chosen: RowMapping['record'] | null;
  choose(record: RowMapping['record']): void;
  /** Resolves when the server has guessed for the last choice. Rejects with `RequestError`. */
  settled(): Promise<void>;
}

/** Arrow keys run through the cards faster than the server guesses: only the last choice counts. */
export function useKindChoice(act: (what: ImportAction) => Promise<ImportInfo>): KindChoice {
  const [chosen, setChosen] = useState<RowMapping['record'] | null>(null);
  const latest = useRef<RowMapping['record'] | null>(null);
  const tail = useRef<Promise<void>>(Promise.resolve());

  const choose = useCallback(
    (record: RowMapping['record']) => {
      latest.current = record;
      setChosen(record);
      tail.current = tail.current
        .catch(() => undefined)
        .then(async () => {
          if (latest.current !== record) return;
          try {
            await act({ action: 'kind', record });
          } finally {
            if (latest.current === record) {
              latest.current = null;
              setChosen(null);
            }
          }
        });
      // A refusal is told by `settled`, when one goes on.
      tail.current.catch(() => undefined);
    },
    [act],
  );

  const settled = useCallback(() => tail.current, []);
  return { chosen, choose, settled };
}
