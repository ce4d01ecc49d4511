import type { AttendanceMatching } from '../../src/contract/identity.ts';
import type { MatchKind } from '../../src/contract/words.ts';

/** How a join found its registration, in words. */
export const MATCH_WORDS: Record<keyof AttendanceMatching['by'], string> = {
  service_id: 'By the service’s own id',
  email: 'By e-mail',
  phone: 'By phone',
  external_id: 'By an id of your own',
  unmatched: 'No registration found',
  ambiguous: 'Several registrations fit',
};

export const KIND_WORDS: Record<MatchKind, string> = {
  service_id: 'The service’s own id',
  email: 'E-mail',
  phone: 'Phone',
  external_id: 'An id of your own',
};
