import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ImportInfo } from '../../src/contract/api.ts';
import { uploadFile } from './import-api.ts';

export interface Upload {
  name: string;
  bytes: number;
  /** 0 to 1; 1 while the server reads the file. */
  sent: number;
  state: 'waiting' | 'sending' | 'done' | 'failed';
  error: string | null;
}

/** Sends files one after the other; `onDone` hears what the server made of them, in their order, without those that failed. */
export function useUploads(onDone: (imports: ImportInfo[]) => void) {
  const client = useQueryClient();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const stop = useRef<AbortController | null>(null);
  const done = useRef(onDone);
  done.current = onDone;

  useEffect(() => () => stop.current?.abort(), []);

  const send = useCallback(
    async (files: readonly File[]) => {
      if (files.length === 0) return;
      stop.current?.abort();
      const own = new AbortController();
      stop.current = own;
      const patch = (at: number, change: Partial<Upload>) => {
        if (own.signal.aborted) return;
        setUploads((known) => known.map((one, index) => (index === at ? { ...one, ...change } : one)));
      };
      setUploads(files.map((file) => ({ name: file.name, bytes: file.size, sent: 0, state: 'waiting', error: null })));
      const finished: ImportInfo[] = [];
      for (const [at, file] of files.entries()) {
        patch(at, { state: 'sending' });
        try {
          const info = await uploadFile(file, (sent) => patch(at, { sent }), own.signal);
          client.setQueryData(['import', info.id], info);
          finished.push(info);
          patch(at, { state: 'done', sent: 1 });
        } catch (error) {
          if (own.signal.aborted) return;
          patch(at, { state: 'failed', error: error instanceof Error ? error.message : 'The file could not be sent.' });
        }
      }
      void client.invalidateQueries({ queryKey: ['imports'] });
      if (finished.length > 0 && !own.signal.aborted) done.current(finished);
    },
    [client],
  );

  const cancel = useCallback(() => {
    stop.current?.abort();
    setUploads([]);
  }, []);

  return { uploads, send, cancel };
}
