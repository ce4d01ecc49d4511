/** Where the API speaks of one source. */
export const sourcePath = (name: string): string => `/api/v1/sources/${encodeURIComponent(name)}`;
