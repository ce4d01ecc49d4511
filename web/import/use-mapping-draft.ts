import { useCallback, useEffect, useRef, useState } from 'react';
import type { ImportInfo } from '../../src/contract/api.ts';
import type { RowMapping } from '../../src/contract/mapping.ts';
import type { ImportAction } from './import-api.ts';

const SAVE_MS = 400;

export interface MappingDraft {
  mapping: RowMapping;
  /** Something is not saved yet. */
  dirty: boolean;
  change(mapping: RowMapping): void;
  /** Brings what was changed to the server at once. Rejects with `RequestError` where it is refused. */
  save(): Promise<void>;
  /** Forgets what was changed and not yet saved: the server has guessed anew. */
  drop(): void;
}

/** The mapping while it is edited: every change is shown at once and saved a moment later, so that a reload loses nothing. */
export function useMappingDraft(info: ImportInfo, act: (what: ImportAction) => Promise<ImportInfo>): MappingDraft {
  const [draft, setDraft] = useState<RowMapping | null>(null);
  const latest = useRef<RowMapping | null>(null);
  const timer = useRef<number | undefined>(undefined);
  const saving = useRef<Promise<void>>(Promise.resolve());

  const drop = useCallback(() => {
    window.clearTimeout(timer.current);
    latest.current = null;
    setDraft(null);
  }, []);

  const save = useCallback((): Promise<void> => {
    window.clearTimeout(timer.current);
    const next = saving.current
      .catch(() => undefined)
      .then(async () => {
        const wanted = latest.current;
        if (wanted === null) return;
        await act({ action: 'mapping', mapping: wanted });
        if (latest.current === wanted) drop();
      });
    saving.current = next;
    return next;
  }, [act, drop]);

  const change = useCallback(
    (mapping: RowMapping) => {
      latest.current = mapping;
      setDraft(mapping);
      window.clearTimeout(timer.current);
      // A half-made mapping may be refused; going on saves it again and tells.
      timer.current = window.setTimeout(() => void save().catch(() => undefined), SAVE_MS);
    },
    [save],
  );

  useEffect(() => () => void save().catch(() => undefined), [save]);

  return { mapping: draft ?? info.mapping, dirty: draft !== null, change, save, drop };
}
