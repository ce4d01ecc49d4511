import type { CanonicalRecord } from '../../src/contract/record.ts';
import { Normaliser } from '../../src/projector/normalise.ts';
import { type ParticipationRow, participationRows, type StayRow } from '../../src/projector/participation-rows.ts';
import { compileParticipationRules, type WebinarRules } from '../../src/projector/participation-rules.ts';
import { identitiesOf } from '../../src/projector/prepare.ts';
import { isWebinarKind, type WebinarRecord, WebinarRows, webinarOf } from '../../src/projector/webinar-records.ts';
import type { KnownRecord } from '../reference/participations.ts';

export interface ComputedParts {
  participations: ParticipationRow[];
  stays: StayRow[];
  /** `email:dana@example.com` of a person's number; '' of 0. */
  nameOf(person: number): string;
}

/**
 * Participations of records without a warehouse: every address gets the next number, as the projector would give it.
 * @param tied one name for all addresses that were tied together
 * @param excluded by that name
 */
export function computeParts(
  records: readonly KnownRecord[],
  rules: WebinarRules,
  tied: (name: string) => string = (name) => name,
  excluded: (name: string) => boolean = () => false,
): ComputedParts {
  const normaliser = new Normaliser(rules.identity.email);
  const numbers = new Map<string, number>();
  const names = [''];
  const numberOf = (name: string): number => {
    const known = numbers.get(name) ?? numbers.size + 1;
    numbers.set(name, known);
    names[known] = name;
    return known;
  };
  const gathered = new WebinarRows();
  for (const { source, id, observed, record } of records) {
    if (!isOfWebinar(record)) continue;
    const { person } = identitiesOf(record, { source, normaliser, country: undefined });
    const numberIn = (kind: string) => {
      const identity = person.find((one) => one.kind === kind);
      return identity === undefined ? 0 : numberOf(`${kind}:${identity.value}`);
    };
    gathered.put(String(id), record, {
      kind: record.record,
      fingerprint: '0',
      deleted: false,
      observed_at: observed,
      seq: 1,
      item: 0,
      since_seq: 1,
      since_item: 0,
      stream: '',
      table: '',
      webinar: webinarOf(record),
      message: '0',
      at: 0,
      person: numberIn('email'),
      account: 0,
      person_phone: numberIn('phone'),
      person_external: numberIn('external_id'),
      source,
      received_at: observed,
      record,
      content: '',
    });
  }
  const compiled = compileParticipationRules(rules);
  const people = {
    root: (person: number) => (person === 0 ? 0 : numberOf(tied(names[person] ?? ''))),
    isExcluded: (person: number) => person !== 0 && excluded(names[person] ?? ''),
  };
  const { webinar_records, registrations, attendances, recording_views } = gathered.rows;
  const parts = [...gathered.touched].map((webinar) => {
    const own = <Row extends { webinar: unknown }>(rows: readonly Row[]) =>
      rows.filter((row) => row.webinar === webinar);
    const facts = {
      records: own(webinar_records),
      registrations: own(registrations),
      attendances: own(attendances),
      views: own(recording_views),
    };
    return participationRows(webinar, facts, people, compiled);
  });
  return {
    participations: parts.flatMap(({ participations }) => participations),
    stays: parts.flatMap(({ stays }) => stays),
    nameOf: (person) => names[person] ?? '?',
  };
}

const isOfWebinar = (record: CanonicalRecord): record is WebinarRecord => isWebinarKind(record.record);
