import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { ImportInfo, ImportKind } from '../../src/contract/api.ts';
import type { ErrorBody } from '../../src/contract/errors.ts';
import type { FileFormat, RowMapping } from '../../src/contract/mapping.ts';
import { fetchJson, postJson, RequestError } from '../api/client.ts';

const RUNNING_MS = 700;
/** A check of a small file is answered at once; what is asked for again takes long. */
const CHECKING_MS = 1_500;

export interface ImportKinds {
  kinds: ImportKind[];
  /** Tables of one's own that are there already. */
  tables: { name: string; label: string }[];
}

const pathOf = (id: string): string => `/api/v1/imports/${encodeURIComponent(id)}`;

export const rejectedPath = (id: string): string => `${pathOf(id)}/rejected.csv`;

export function useImportKinds() {
  return useQuery({
    queryKey: ['import-kinds'],
    queryFn: ({ signal }) => fetchJson<ImportKinds>('/api/v1/imports/kinds', signal),
    staleTime: 60_000,
  });
}

/** Newest first, without previews. */
export function useImports() {
  return useQuery({
    queryKey: ['imports'],
    queryFn: async ({ signal }) => (await fetchJson<{ imports: ImportInfo[] }>('/api/v1/imports', signal)).imports,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.some((one) => one.state === 'running') ? 2 * RUNNING_MS : false),
  });
}

/** One file; asked again while it is being imported, and while `watched`: its rows are being checked. */
export function useImport(id: string, watched: boolean) {
  return useQuery({
    queryKey: ['import', id],
    queryFn: ({ signal }) => fetchJson<ImportInfo>(pathOf(id), signal),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? RUNNING_MS : watched && CHECKING_MS),
  });
}

export type ImportAction =
  | { action: 'format'; format: FileFormat }
  | { action: 'kind'; record: RowMapping['record'] }
  | { action: 'mapping'; mapping: RowMapping }
  | { action: 'check' }
  | { action: 'run'; save_as?: string; table?: string; dashboard?: boolean }
  | { action: 'undo' };

/** Does something with a file and shows what the server answers. Rejects with `RequestError`. */
export function useImportAction(id: string): (what: ImportAction) => Promise<ImportInfo> {
  const client = useQueryClient();
  return useCallback(
    async ({ action, ...body }: ImportAction) => {
      const info = await postJson<ImportInfo>(`${pathOf(id)}/${action}`, body);
      await client.cancelQueries({ queryKey: ['import', id] });
      client.setQueryData(['import', id], info);
      if (action === 'run' || action === 'undo') await forgetNumbers(client);
      return info;
    },
    [client, id],
  );
}

export async function discardImport(client: QueryClient, id: string): Promise<void> {
  await postJson(`${pathOf(id)}/discard`, {});
  client.removeQueries({ queryKey: ['import', id] });
  await client.invalidateQueries({ queryKey: ['imports'] });
}

/** An import may bring a table, metrics and a dashboard along: everything that lists them is fetched again. */
async function forgetNumbers(client: QueryClient): Promise<void> {
  const stale = ['imports', 'import-kinds', 'workspace', 'catalog', 'dashboard', 'sources', 'page'];
  await Promise.all(stale.map((key) => client.invalidateQueries({ queryKey: [key] })));
}

/** Sends a file; `onSent` hears the share that is sent, 0 to 1. Rejects with `RequestError`, or with `AbortError` once `signal` says so. */
export function uploadFile(file: File, onSent: (share: number) => void, signal: AbortSignal): Promise<ImportInfo> {
  return new Promise((resolve, reject) => {
    // fetch cannot tell how much of a body is sent.
    const request = new XMLHttpRequest();
    request.open('POST', `/api/v1/imports?name=${encodeURIComponent(file.name.slice(-255))}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('x-turnout', '1');
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => onSent(total > 0 ? loaded / total : 1);
    request.onload = () => {
      if (request.status < 300 && request.response) return resolve(request.response as ImportInfo);
      const told = (request.response as Partial<ErrorBody> | null)?.error;
      const message = told?.message ?? `The server answered ${request.status}. Try again in a moment.`;
      reject(new RequestError(told?.code ?? 'unreachable', message, told?.problems, told?.request_id));
    };
    request.onerror = () =>
      reject(
        new RequestError(
          'unreachable',
          `${file.name} could not be sent. It may have been changed or removed meanwhile, or Turnout cannot be reached. Choose it again.`,
        ),
      );
    request.onabort = () => reject(new DOMException('stopped', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}
