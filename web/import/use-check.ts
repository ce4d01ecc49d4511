import { useEffect, useRef, useState } from 'react';
import type { ImportInfo } from '../../src/contract/api.ts';
import type { RowMapping } from '../../src/contract/mapping.ts';
import { RequestError } from '../api/client.ts';
import type { ImportAction } from './import-api.ts';

/** The server reads one file once at a time; a mapping that was changed meanwhile waits its turn. */
const BUSY_MS = 700;

export interface CheckState {
  /** What is known of the rows under the present mapping. */
  result: ImportInfo['check'];
  checking: boolean;
  error: Error | null;
  again(): void;
}

/** Has the whole file read while `wanted` and nothing is known of its rows under the present mapping. */
export function useCheck(
  info: ImportInfo,
  wanted: boolean,
  act: (what: ImportAction) => Promise<ImportInfo>,
): CheckState {
  const [checking, setChecking] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const asked = useRef<RowMapping | null>(null);
  const timer = useRef<number | undefined>(undefined);
  const mounted = useRef(true);

  const start = () => {
    asked.current = info.mapping;
    setChecking(true);
    setError(null);
    act({ action: 'check' }).then(
      (next) => {
        // Without either it takes long and goes on at the server: it is polled for.
        if (next.check !== null) setChecking(false);
        else if (next.error !== null) fail(new Error(next.error));
      },
      (problem: unknown) => {
        if (problem instanceof RequestError && problem.code === 'timeout') return;
        const busy = problem instanceof RequestError && problem.code === 'conflict';
        if (busy && mounted.current) timer.current = window.setTimeout(() => startAgain.current(), BUSY_MS);
        else fail(problem instanceof Error ? problem : new Error(String(problem)));
      },
    );
  };
  const startAgain = useRef(start);
  startAgain.current = start;
  const fail = (problem: Error) => {
    setChecking(false);
    setError(problem);
  };

  const open = info.state === 'uploaded' || info.state === 'failed';
  // A check that ended after the mapping was changed tells of the mapping before.
  const stale = info.check !== null && asked.current !== null && asked.current !== info.mapping;
  const result = stale ? null : info.check;
  const missing = wanted && open && result === null;
  useEffect(() => {
    if (missing && !checking && asked.current !== info.mapping) start();
  });
  // One that is stale is asked for again.
  useEffect(() => {
    if (info.check !== null) setChecking(false);
  }, [info.check]);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
      window.clearTimeout(timer.current);
    };
  }, []);

  return { result: checking ? null : result, checking: checking || (missing && error === null), error, again: start };
}
