/** GET /api/v1/webinars/:id and …/upcoming: what the page of one webinar shows besides queries. */

export interface WebinarInfo {
  webinar: string;
  title: string;
  series: string;
  course: string;
  language: string;
  region: string;
  format: string;
  status: string;
  host: string;
  /** Instants with the workspace's offset. */
  starts_at: string;
  ends_at: string | null;
}

export interface WebinarDetail extends WebinarInfo {
  registrations: number;
  /** The earliest registration; null where there is none. */
  first_registered_at: string | null;
  /** People in the live room, by minute from the start (negative before it). Empty where nobody came. */
  curve: { minute: number; people: number; joined: number; left: number }[];
  /** The minutes in which most people left before the end, with how many; at most 3. */
  drop_off: { minute: number; left: number }[];
  /** Other webinars of the series, newest first, at most 20: to compare with. */
  others: WebinarInfo[];
}

/** GET /api/v1/webinars/:id/people?after=&limit= */
export interface WebinarPeople {
  /** Masked: `d***@example.com`. */
  people: {
    person: string;
    registered_at: string | null;
    source_group: string;
    /** null: never joined. */
    joined_at: string | null;
    seconds: number;
    matched_by: string;
    viewed_recording: boolean;
  }[];
  total: number;
  next: string | null;
}

/** GET /api/v1/webinars/upcoming */
export interface UpcomingWebinar extends WebinarInfo {
  registrations: number;
  /** Until the start. */
  hours: number;
  /** Median registrations of the last (at most 8) finished webinars of the series with as many hours to go; null where there are none. */
  usual: number | null;
  past: number;
  /** Median and quartiles of the series' attendance rate; only with at least 5 past ones. */
  forecast: { low: number; median: number; high: number } | null;
}
