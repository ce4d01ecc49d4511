import { MESSAGE_STATUSES, type MessageStatus, type RecordKind } from '../../contract/record.ts';

/**
 * How the cells of a field are read. `word`: a short text in lower case; `duration`: seconds; `presence`: yes, no or any other
 * word; `state`: a time, or yes and no.
 */
export type FieldType =
  | 'text'
  | 'id'
  | 'word'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'date'
  | 'time'
  | 'email'
  | 'phone'
  | 'option'
  | 'duration'
  | 'presence'
  | 'state'
  | 'currency';

export interface FieldSpec {
  /** Dotted path in the record; or a helper such as `minutes` that the record's builder knows. */
  name: string;
  label: string;
  required: boolean;
  type: FieldType;
  /** Of an `option`. */
  options?: readonly string[];
  /** Of a number. */
  min?: number;
  /** What files call it. */
  synonyms: readonly string[];
}

export interface KindSpec {
  label: string;
  description: string;
  fields: readonly FieldSpec[];
}

/** Kinds whose rows can come in a file. */
export type MappedKind = Exclude<RecordKind, 'deletion'>;

type Extra = Partial<Pick<FieldSpec, 'required' | 'options' | 'min'>>;

function field(name: string, label: string, type: FieldType, synonyms: string, extra: Extra = {}): FieldSpec {
  const listed = synonyms === '' ? [] : synonyms.split(' | ');
  return { name, label, type, required: false, synonyms: [label.toLowerCase(), ...listed], ...extra };
}

const required: Extra = { required: true };

const EMAIL =
  'email | e mail | mail | email address | e mail address | user email | attendee email | recipient email | to email | emailadresse | correo | correo electronico | courriel | adres e mail | почта | эл почта | электронная почта | емейл | имейл | pochta';
const PHONE =
  'phone | phone number | tel | telephone | telephone number | mobile | mobile number | mobile phone | cell | cell phone | msisdn | recipient | to | to number | destination | dest addr | destination address | whatsapp | whatsapp number | wa id | telefon | telefonnummer | handy | handynummer | telefono | numero de telefono | celular | movil | nomer | nomer telefona | номер | номер телефона | телефон | абонент | получатель';
const EXTERNAL_ID =
  'user id | customer id | contact id | client id | crm id | registrant id | bmid | registrantkey | subscriber id | uid | user | account id | ид клиента | id клиента | код клиента';

function person(prefix: 'person' | 'recipient', who: string): FieldSpec[] {
  return [
    field(`${prefix}.email`, `E-mail of the ${who}`, 'email', EMAIL),
    field(`${prefix}.phone`, `Phone of the ${who}`, 'phone', PHONE),
    field(`${prefix}.external_id`, `Your id of the ${who}`, 'id', EXTERNAL_ID),
  ];
}

const CAMPAIGN = field(
  'campaign',
  'Campaign',
  'text',
  'campaign name | campaign id | blast | blast name | mailing | broadcast | kampagne | campana | campagne | рассылка | кампания | название рассылки',
);
const CURRENCY = field('currency', 'Currency', 'currency', 'currency code | ccy | wahrung | moneda | devise | валюта');
const CATEGORY = field(
  'category',
  'Category',
  'text',
  'message category | message type | type | template category | kategorie | категория | тип',
);
const CHANNEL_WORDS = 'channel name | medium | transport | route | kanal | canal | канал';
const WEBINAR_ID = field(
  'webinar_id',
  'Webinar',
  'id',
  'webinar id | webinar | webinar name | session id | session | event id | event | meeting id | conference | topic | вебинар | id вебинара',
  required,
);

/** Columns that hold when a message reached a status. A yes in one of them means: reached, at the message's own time. */
export const STATUS_TIMES: ReadonlyMap<string, MessageStatus> = new Map(
  MESSAGE_STATUSES.map((status): [string, MessageStatus] => [`${status}_at`, status]),
);

const STATUS_TIME_FIELDS = (
  [
    [
      'sent',
      'Sent at',
      'sent | sent time | sent date | send time | send date | date sent | sent on | submitted | submit time | submit date | sending time | dispatched | versendet am | gesendet am | enviado | envoye le | отправлено | время отправки | дата отправки | отправлен',
    ],
    [
      'delivered',
      'Delivered at',
      'delivered | delivered time | delivery time | delivery date | date delivered | delivered on | done date | done time | dlr time | zugestellt am | entregado | доставлено | время доставки | дата доставки | доставлен',
    ],
    [
      'read',
      'Read at',
      'read | read time | read date | seen | seen at | seen time | gelesen am | leido | прочитано | время прочтения | прочитан',
    ],
    [
      'opened',
      'Opened at',
      'opened | open time | open date | first open | first opened | geoffnet am | abierto | открыто | время открытия',
    ],
    ['clicked', 'Clicked at', 'clicked | click time | click date | first click | geklickt am | клик | время клика'],
    ['answered', 'Answered at', 'answered | answer time | call answered | angenommen am | отвечено | время ответа'],
    [
      'replied',
      'Replied at',
      'replied | reply time | reply date | response time | responded at | geantwortet am | ответил | время ответа клиента',
    ],
    [
      'failed',
      'Failed at',
      'failed | fail time | failure time | bounced | bounced at | bounce time | fehlgeschlagen am | ошибка в',
    ],
    [
      'unsubscribed',
      'Unsubscribed at',
      'unsubscribed | unsubscribe time | opted out | opt out time | abgemeldet am | отписался | время отписки',
    ],
    ['complained', 'Complained at', 'complained | complaint time | spam report | spam reported at | жалоба'],
    ['queued', 'Queued at', 'queued | queue time | accepted at | created at | created | angelegt am | создано'],
  ] as const satisfies readonly (readonly [MessageStatus, string, string])[]
).map(([status, label, synonyms]) => field(`${status}_at`, label, 'state', synonyms));

/** Everything that a file can tell, by kind of row. */
export const KIND_SPECS = {
  message_event: {
    label: 'A message',
    description:
      'Sent messages or calls: either one row per message with a time for each of its states, or a status and a time in each row.',
    fields: [
      field('channel', 'Channel', 'word', CHANNEL_WORDS, required),
      ...person('recipient', 'recipient'),
      field(
        'message_id',
        'Message id',
        'id',
        'message id | messageid | msg id | sms id | mail id | call id | call sid | message sid | sid | id | uuid | external id | nachrichten id | id сообщения | идентификатор',
      ),
      field(
        'status',
        'Status',
        'option',
        'state | delivery status | message status | final status | dlr | dlr status | result | disposition | call status | zustand | estado | statut | статус | состояние | результат',
        { options: MESSAGE_STATUSES },
      ),
      field(
        'at',
        'Time of the status',
        'time',
        'time | timestamp | date | date time | datetime | status time | event time | status date | updated at | when | zeit | zeitpunkt | datum | fecha | hora | время | дата | дата время',
      ),
      ...STATUS_TIME_FIELDS,
      CAMPAIGN,
      CATEGORY,
      field(
        'account.external_id',
        'Your account',
        'id',
        'account | account name | sender account | owner | workspace | brand | аккаунт',
      ),
      field(
        'failure_reason',
        'Reason of a failure',
        'text',
        'error | error code | error message | failure reason | reason | fail reason | bounce reason | fehler | grund | motivo | ошибка | причина',
      ),
      field(
        'charge',
        'Charge',
        'number',
        'price | cost | amount | fee | message price | total price | preis | kosten | precio | coste | prix | стоимость | цена | сумма',
        { min: 0 },
      ),
      CURRENCY,
      field('billable', 'Billable', 'boolean', 'is billable | charged | chargeable'),
      field('permanent', 'Failed for good', 'boolean', 'hard bounce | permanent | is permanent'),
      field(
        'seconds',
        'Length of the call, seconds',
        'duration',
        'duration | call duration | talk time | billsec | seconds | length | dauer | gesprachsdauer | duracion | длительность | продолжительность',
      ),
      field('digits', 'Keys pressed', 'id', 'dtmf | key | keys | pressed | digit | input | нажатие | нажатая клавиша'),
    ],
  },
  activity: {
    label: 'An event',
    description: 'Something that a person did: a login, a blast, a purchase. One row each.',
    fields: [
      field(
        'at',
        'Time',
        'time',
        'timestamp | date | date time | datetime | event time | created at | occurred at | when | purchase date | order date | zeit | zeitpunkt | datum | fecha | время | дата',
        required,
      ),
      field(
        'feature',
        'What happened',
        'text',
        'event | event name | action | activity | feature | type | event type | ereignis | aktion | evento | accion | событие | действие',
        required,
      ),
      ...person('person', 'person'),
      field('channel', 'Channel', 'word', CHANNEL_WORDS),
      CATEGORY,
      field(
        'amount',
        'Amount',
        'number',
        'sum | total | price | value | revenue | paid | order value | betrag | summe | importe | monto | montant | сумма | стоимость',
      ),
      CURRENCY,
    ],
  },
  person: {
    label: 'A recipient',
    description: 'People: contacts that are reached, or users of a platform.',
    fields: [
      field('email', 'E-mail', 'email', EMAIL),
      field('phone', 'Phone', 'phone', PHONE),
      field('external_id', 'Your id', 'id', `${EXTERNAL_ID} | id | account`),
      field('kind', 'Contact or account', 'option', 'contact type', { options: ['contact', 'account'] }),
      field(
        'registered_at',
        'Registered at',
        'time',
        'registration time | registration date | registered | registered on | signup date | sign up date | signed up | joined | created at | created | date joined | registriert am | fecha de registro | дата регистрации | зарегистрирован',
      ),
      field(
        'region',
        'Region',
        'text',
        'country | state | city | country region name | area | land | bundesland | stadt | ort | pais | ciudad | pays | ville | страна | город | регион',
      ),
      field('language', 'Language', 'text', 'lang | locale | preferred language | sprache | idioma | langue | язык'),
      field(
        'attributes.name',
        'Name',
        'text',
        'full name | user name | user name original name | contact name | nickname | visitor nickname | imie i nazwisko | nombre completo | nom complet | имя и фамилия | фио',
      ),
      field(
        'attributes.first_name',
        'First name',
        'text',
        'firstname | given name | vorname | imie | nombre | prenom | имя',
      ),
      field(
        'attributes.last_name',
        'Last name',
        'text',
        'lastname | surname | family name | nachname | nazwisko | apellido | apellidos | nom | фамилия',
      ),
      field(
        'attributes.company',
        'Company',
        'text',
        'organization | organisation | company name | employer | firma | empresa | societe | компания | организация',
      ),
    ],
  },
  registration: {
    label: 'A registration',
    description:
      'People who signed up for a webinar. Figures of webinars come with a later version: until then rows are kept and not counted.',
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
  },
  attendance: {
    label: 'An attendance',
    description:
      'Who came to a webinar, when they came and left; no-shows are left out. Figures of webinars come with a later version: until then rows are kept and not counted.',
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
  },
  invitation: {
    label: 'An invitation',
    description: 'People who were invited to a platform, and when they became active.',
    fields: [
      ...person('person', 'person'),
      field(
        'invited_at',
        'Invited at',
        'time',
        'invitation time | invitation date | invited | invited on | invite date | sent at | eingeladen am | fecha de invitacion | дата приглашения | приглашен',
        required,
      ),
      field(
        'activated_at',
        'Activated at',
        'time',
        'activation time | activation date | activated | accepted at | accepted | aktiviert am | дата активации',
      ),
      CAMPAIGN,
    ],
  },
  recording_view: {
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
  },
  webinar: {
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
  },
  row: {
    label: 'A row of a table of your own',
    description: 'Anything else: the columns become a table whose numbers you can chart.',
    fields: [],
  },
} as const satisfies Record<MappedKind, KindSpec>;

/** The fields of a kind by name; none for `row`, whose columns are free. */
export function fieldsOfKind(kind: MappedKind): readonly FieldSpec[] {
  return KIND_SPECS[kind].fields;
}

export function isMappedKind(kind: RecordKind): kind is MappedKind {
  return kind !== 'deletion';
}
