import type { MessageStatus } from '../../contract/record.ts';
import { normaliseLabel } from './normalise-label.ts';

/** Words of operators, platforms and languages for what a message has reached. Others are mapped by people. */
const WORDS = {
  queued:
    'queued | queue | pending | accepted | accepd | scheduled | enroute | in progress | processing | processed | created | в очереди | ожидает | принято',
  sent: 'sent | submitted | dispatched | gesendet | versendet | enviado | envoye | wyslano | отправлено | отправлен | otpravleno | передано',
  delivered:
    'delivered | delivrd | dlvrd | deliverd | delivery | success | successful | ok | zugestellt | entregado | livre | dostarczono | доставлено | доставлен | dostavleno | успешно',
  read: 'read | seen | displayed | gelesen | leido | lu | прочитано | прочитан | просмотрено | prochitano',
  opened: 'opened | open | geoffnet | abierto | ouvert | открыто | открыт',
  clicked: 'clicked | click | geklickt | clic | кликнул | переход | клик',
  answered:
    'answered | answer | completed | human | picked up | angenommen | contestado | отвечен | отвечено | дозвон | ответил на звонок',
  replied: 'replied | reply | responded | response | geantwortet | respondido | ответил | ответ | ответ получен',
  failed:
    'failed | fail | failure | undelivered | undeliv | undeliverable | not delivered | expired | rejected | rejectd | deleted | error | bounced | bounce | hard bounce | soft bounce | dropped | blocked | invalid | no answer | busy | canceled | cancelled | fehlgeschlagen | nicht zugestellt | fallido | no entregado | echoue | non livre | не доставлено | недоставлено | ne dostavleno | nedostavleno | ошибка | отклонено | истек | просрочено',
  unsubscribed:
    'unsubscribed | unsubscribe | opted out | opt out | optout | stop | abgemeldet | отписан | отписался | отписка',
  complained: 'complained | complaint | spam | spam report | marked as spam | жалоба | жалоба на спам',
} as const satisfies Record<MessageStatus, string>;

const STATUSES = new Map<string, MessageStatus>(
  (Object.entries(WORDS) as [MessageStatus, string][]).flatMap(([status, words]) =>
    words.split(' | ').map((word): [string, MessageStatus] => [normaliseLabel(word), status]),
  ),
);

const CHANNELS = new Map(
  [
    ['whatsapp', 'whatsapp | whats app | wa | waba | ватсап | вотсап'],
    ['email', 'email | e mail | mail | newsletter | почта | эл почта'],
    ['sms', 'sms | text | text message | mms | смс'],
    ['ivr', 'ivr | voice | call | calls | phone | phone call | robocall | звонок | голос'],
  ].flatMap(([channel = '', words = '']) => words.split(' | ').map((word): [string, string] => [word, channel])),
);

/** The status that a word stands for; undefined where a person has to say it. */
export function statusOfWord(text: string): MessageStatus | undefined {
  return STATUSES.get(normaliseLabel(text));
}

/** The usual name of a channel, or the text in lower case. */
export function channelOfWord(text: string): string {
  return CHANNELS.get(normaliseLabel(text)) ?? text.toLowerCase();
}
