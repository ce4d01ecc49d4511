import { useInfiniteQuery } from '@tanstack/react-query';
import { useId } from 'react';
import type { WebinarPeople } from '../../src/contract/webinars.ts';
import { fetchJson } from '../api/client.ts';
import { formatInstant, formatValue } from '../format/index.ts';
import { PlainTable, TableFrame } from '../table/plain-table.tsx';

const PAGE = 50;

/** How somebody in the room was found among the registrations, in words. */
const MATCHED: Record<string, string> = {
  service_id: 'by the service’s id',
  email: 'by e-mail',
  phone: 'by phone',
  external_id: 'by id',
  unmatched: 'walk-in, no registration found',
  ambiguous: 'walk-in, several registrations fit',
};

/** Who registered and who came, masked; those who stayed longest first. */
export function PeopleList(props: {
  webinar: string;
  locale: string;
  timeZone: string;
  /** It has begun and was not cancelled: who is not seen in the room did not come. */
  begun: boolean;
}) {
  const { webinar, locale, timeZone } = props;
  const title = useId();
  const people = useInfiniteQuery({
    queryKey: ['page', 'webinar-people', webinar],
    queryFn: ({ pageParam, signal }) =>
      fetchJson<WebinarPeople>(
        `/api/v1/webinars/${encodeURIComponent(webinar)}/people?limit=${PAGE}&after=${pageParam}`,
        signal,
      ),
    initialPageParam: '0',
    getNextPageParam: (page) => page.next,
  });
  const pages = people.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.people);
  const total = pages.at(-1)?.total ?? 0;
  return (
    <section className="webinar-people">
      <h2 id={title}>People</h2>
      {people.isError && <p className="tile-note">The list could not be loaded. {people.error.message}</p>}
      {people.isSuccess && rows.length === 0 && <p className="tile-note">Nobody has signed up or joined.</p>}
      {rows.length > 0 && (
        <TableFrame labelledBy={title}>
          <PlainTable
            caption="People of this webinar, masked"
            headings={[
              'Person',
              'Registered',
              'Source group',
              'First joined',
              { number: 'In the room' },
              'Found',
              'Recording',
            ]}
          >
            {rows.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: masked people have no name of their own, and the order is fixed
              <tr key={index}>
                <th scope="row">{row.person || 'unknown'}</th>
                <td>{row.registered_at === null ? '–' : formatInstant(row.registered_at, locale, timeZone)}</td>
                <td>{row.source_group || '–'}</td>
                <td>
                  {row.joined_at !== null
                    ? formatInstant(row.joined_at, locale, timeZone)
                    : props.begun
                      ? 'did not come'
                      : '–'}
                </td>
                <td className="number">
                  {row.joined_at === null ? '–' : formatValue(row.seconds, { format: 'duration', locale }, 'table')}
                </td>
                <td>{MATCHED[row.matched_by] ?? ''}</td>
                <td>{row.viewed_recording ? 'watched' : ''}</td>
              </tr>
            ))}
          </PlainTable>
        </TableFrame>
      )}
      {people.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={people.isFetching}
          onClick={() => void people.fetchNextPage()}
        >
          Show more ({total - rows.length} left)
        </button>
      )}
    </section>
  );
}
