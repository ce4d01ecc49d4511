import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { SourceGroupsInfo, SourceGroupsPreview, SourceRule } from '../../src/contract/source-groups.ts';
import { fetchJson, postJson } from '../api/client.ts';

export const SOURCE_GROUPS_PATH = '/api/v1/source-groups';

/** The rules in force and what they have counted. */
export function useSourceGroups() {
  return useQuery({
    queryKey: ['source-groups', 'info'],
    queryFn: ({ signal }) => fetchJson<SourceGroupsInfo>(SOURCE_GROUPS_PATH, signal),
    staleTime: 0,
  });
}

/** What these rules would do; what was told of the rules before stays while it is asked. */
export function usePreview(rules: readonly SourceRule[]) {
  return useQuery({
    queryKey: ['source-groups', 'preview', rules],
    queryFn: ({ signal }) => postJson<SourceGroupsPreview>(`${SOURCE_GROUPS_PATH}/preview`, { rules }, signal),
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 60_000,
  });
}
