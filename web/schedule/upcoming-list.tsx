import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { weekdayOf } from '../../src/contract/plain-date.ts';
import type { Filter } from '../../src/contract/query.ts';
import type { UpcomingWebinar } from '../../src/contract/webinars.ts';
import { fetchJson } from '../api/client.ts';
import { formatWeekday } from '../format/index.ts';
import { foldText } from '../table/table-rows.ts';
import { useDashboard } from '../tile/dashboard-context.ts';

/** So many stand above the list until the reader asks for all. */
const SHOWN = 4;

/** What is still to come, against the same lead time of its series. Nothing where nothing is planned; `typed`: words to look for. */
export function UpcomingList({ typed }: { typed: string }) {
  const { view, formats } = useDashboard();
  const [all, setAll] = useState(false);
  const upcoming = useQuery({
    queryKey: ['page', 'upcoming'],
    queryFn: async ({ signal }) =>
      (await fetchJson<{ webinars: UpcomingWebinar[] }>('/api/v1/webinars/upcoming', signal)).webinars,
  });
  if (upcoming.isError) return <p className="tile-note">What is planned could not be loaded.</p>;
  const webinars = (upcoming.data ?? []).filter((webinar) => passes(webinar, view.filters) && hasWords(webinar, typed));
  if (webinars.length === 0) return null;
  const rate = (value: number) => formats.value(value, { format: 'percent' }, 'card');
  const count = (value: number) => formats.value(value, { format: 'integer' }, 'table');
  return (
    <section className="upcoming" aria-label="Upcoming">
      <h3>Upcoming</h3>
      <ul>
        {webinars.slice(0, all ? undefined : SHOWN).map((webinar) => {
          const { usual, registrations, forecast } = webinar;
          const change = usual === null ? null : formats.change(registrations, usual, { format: 'integer' });
          const date = webinar.starts_at.slice(0, 10);
          return (
            <li key={webinar.webinar}>
              <p className="schedule-starts">
                {formatWeekday(weekdayOf(date), formats.locale)} {formats.bucket(date, 'day', 'axis')}
                <strong>{webinar.starts_at.slice(11, 16)}</strong>
              </p>
              <p className="upcoming-name">
                <Link to="/webinars/$id" params={{ id: webinar.webinar }}>
                  {webinar.title}
                </Link>
              </p>
              <p>
                <strong>{count(registrations)}</strong> registered so far
                {change && usual !== null && (
                  <span className="faint">
                    {' '}
                    ({change.text} against {count(Math.round(usual))}, the median of its last{' '}
                    {Math.min(8, webinar.past)} at this point)
                  </span>
                )}
              </p>
              {forecast && (
                <p className="faint" title="Median and quartiles of the series">
                  Usual attendance {rate(forecast.median)} ({rate(forecast.low)}–{rate(forecast.high)})
                </p>
              )}
            </li>
          );
        })}
      </ul>
      {webinars.length > SHOWN && (
        <button type="button" className="button" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? `Show the next ${SHOWN} only` : `Show all ${webinars.length}`}
        </button>
      )}
    </section>
  );
}

function hasWords(webinar: UpcomingWebinar, typed: string): boolean {
  const { title, series, course, language, region, host, starts_at: starts } = webinar;
  const text = foldText([title, series, course, language, region, host, starts].join(' '));
  return foldText(typed)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Filters on what a webinar is; others (traffic sources) say nothing about one to come. */
function passes(webinar: UpcomingWebinar, filters: readonly Filter[]): boolean {
  const known: Record<string, unknown> = { ...webinar };
  return filters.every(({ dimension, op, values }) => {
    const value = known[dimension];
    if (typeof value !== 'string') return true;
    const among = values.map(String).includes(value);
    return op === 'in' ? among : op === 'not' ? !among : true;
  });
}
