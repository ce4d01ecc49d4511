import { MESSAGE_STATUSES, type MessageStatus } from '../../contract/record.ts';
import { CAMPAIGN, CATEGORY, CHANNEL_WORDS, CURRENCY, field, type KindSpec, person, required } from './field-spec.ts';

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

/** Sent messages and calls. */
export const MESSAGE = {
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
} as const satisfies KindSpec;
