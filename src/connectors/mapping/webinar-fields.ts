import { type FieldSpec, field, type KindSpec, person, required } from './field-spec.ts';

/** Webinars, who signed up and who came. */

const WEBINAR_ID = field(
  'webinar_id',
  'Webinar',
  'id',
  'webinar id | report webinar id | webinar | webinar name | session id | session | event id | event | meeting id | conference | topic | вебинар | id вебинара',
  required,
);

export const REGISTRATION = {
  label: 'A registration',
  description: 'People who signed up for a webinar.',
  fields: [
    ...person('person', 'person'),
    field(
      'registered_at',
      'Registered at',
      'time',
      'registration time | registration date | registration date time | registered | registered on | signup time | signed up at | created at | registriert am | fecha de registro | дата регистрации | время регистрации',
      required,
    ),
    WEBINAR_ID,
    field(
      'cancelled_at',
      'Cancelled at',
      'time',
      'cancelled | canceled | canceled at | cancellation time | storniert am',
    ),
    field(
      'utm_source',
      'Source (utm_source)',
      'text',
      'utm source | source | source name | traffic source | tracking code | registration source | referral domain | quelle | fuente | источник',
    ),
    field('utm_medium', 'Medium (utm_medium)', 'text', 'utm medium | medium'),
    field('utm_campaign', 'Campaign (utm_campaign)', 'text', 'utm campaign | campaign'),
    field('utm_content', 'Content (utm_content)', 'text', 'utm content'),
    field('utm_term', 'Term (utm_term)', 'text', 'utm term'),
    field('referrer', 'Referrer', 'text', 'referer | referring url | referral url'),
  ],
} as const satisfies KindSpec;

export const ATTENDANCE = {
  label: 'An attendance',
  description: 'Who came to a webinar, when they came and left; no-shows are left out.',
  fields: [
    ...person('person', 'person'),
    field(
      'joined_at',
      'Joined at',
      'time',
      'join time | enter time | entered at | joined | start date | start time | join date | beitrittszeit | hora de entrada | время входа',
      required,
    ),
    field(
      'left_at',
      'Left at',
      'time',
      'leave time | exit time | leaved at | left | end date | end time | austrittszeit | hora de salida | время выхода',
    ),
    field(
      'seconds',
      'Length of the visit, seconds',
      'duration',
      'time in session | duration | live duration | total duration | attendance time in seconds | attendance duration | seconds | duration seconds | dauer | duracion | длительность',
    ),
    field(
      'minutes',
      'Length of the visit, minutes',
      'duration',
      'time in session minutes | duration minutes | minutes | dauer min',
    ),
    field(
      'attended',
      'Came (yes or no)',
      'presence',
      'attended | attendance | attendance type | participated | teilgenommen | asistio | присутствовал',
    ),
    WEBINAR_ID,
  ],
} as const satisfies KindSpec;

export const RECORDING_VIEW = {
  label: 'A view of a recording',
  description: 'People who watched the recording of a webinar.',
  fields: [
    ...person('person', 'person'),
    field(
      'viewed_at',
      'Viewed at',
      'time',
      'view time | viewed | watched at | watched on | view date | on demand view date | дата просмотра',
      required,
    ),
    field(
      'seconds',
      'Watched, seconds',
      'duration',
      'watch time | duration | on demand duration | view duration | seconds',
    ),
    field('minutes', 'Watched, minutes', 'duration', 'watch time minutes | duration minutes | minutes'),
    WEBINAR_ID,
  ],
} as const satisfies KindSpec;

export const WEBINAR = {
  label: 'A webinar',
  description: 'The webinars themselves: title, time and length.',
  fields: [
    { ...WEBINAR_ID, synonyms: ['webinar id', 'session id', 'event id', 'meeting id', 'id', 'id вебинара'] },
    field(
      'title',
      'Title',
      'text',
      'topic | name | webinar name | webinar | subject | titel | titulo | titre | название | тема',
      required,
    ),
    field(
      'starts_at',
      'Starts at',
      'time',
      'start time | start date | actual start time | date | scheduled at | starts | beginn | inicio | начало | дата',
      required,
    ),
    field('format', 'Live or recorded', 'option', 'webinar format', { options: ['live', 'recorded'] }),
    field('status', 'Status', 'option', 'state | статус', {
      options: ['scheduled', 'live', 'finished', 'cancelled'],
    }),
    field(
      'duration_minutes',
      'Length, minutes',
      'duration',
      'duration | actual duration minutes | duration minutes | minutes | dauer',
    ),
    field('host', 'Host', 'text', 'speaker | presenter | organizer | ведущий'),
    field('series', 'Series', 'text', 'серия'),
    field('course', 'Course', 'text', 'курс'),
    field('language', 'Language', 'text', 'lang | язык'),
    field('region', 'Region', 'text', 'country | регион'),
    field('time_zone', 'Time zone', 'text', 'timezone | часовой пояс'),
  ],
} as const satisfies KindSpec;

/** Facts of the whole report stand before its table and reach the rows as columns called `Report: …` (files/report-facts.ts). */
export const WEBINAR_REPORT = {
  label: 'A line of a webinar report',
  description:
    'Who signed up and who came, as Zoom, GoTo Webinar and BigMarker export it: one row can be a registration, a visit, or both.',
  fields: [
    ...person('person', 'person'),
    field(
      'webinar_id',
      'Webinar id',
      'id',
      'report webinar id | webinar id | report webinar key | webinar key | conference id | session id | event id | id вебинара',
      required,
    ),
    ...REGISTRATION.fields.filter(({ name }) => !name.startsWith('person.') && name !== 'webinar_id').map(optional),
    field('approval', 'Approval', 'text', 'approval status | registration status | registrant status'),
    field(
      'attended',
      'Came (yes or no)',
      'presence',
      'attended | attendance | attendance type | participated | teilgenommen | asistio | присутствовал',
    ),
    ...ATTENDANCE.fields
      .filter(({ name }) => ['joined_at', 'left_at', 'seconds', 'minutes'].includes(name))
      .map(optional),
    field(
      'title',
      'Title of the webinar',
      'text',
      'report topic | report webinar name | report webinar title | webinar title | webinar name | topic',
    ),
    field(
      'starts_at',
      'Start of the webinar',
      'time',
      'report actual start time | report actual start date time | report start time | report start date | webinar start',
    ),
    field(
      'duration_minutes',
      'Length of the webinar, minutes',
      'duration',
      'report actual duration minutes | report duration minutes | report duration | webinar duration',
    ),
  ],
} as const satisfies KindSpec;

function optional(spec: FieldSpec): FieldSpec {
  return { ...spec, required: false };
}
