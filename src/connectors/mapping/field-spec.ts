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

type Extra = Partial<Pick<FieldSpec, 'required' | 'options' | 'min'>>;

export function field(name: string, label: string, type: FieldType, synonyms: string, extra: Extra = {}): FieldSpec {
  const listed = synonyms === '' ? [] : synonyms.split(' | ');
  return { name, label, type, required: false, synonyms: [label.toLowerCase(), ...listed], ...extra };
}

export const required: Extra = { required: true };

export const EMAIL =
  'email | e mail | mail | email address | e mail address | user email | attendee email | recipient email | to email | emailadresse | correo | correo electronico | courriel | adres e mail | почта | эл почта | электронная почта | емейл | имейл | pochta';
export const PHONE =
  'phone | phone number | tel | telephone | telephone number | mobile | mobile number | mobile phone | cell | cell phone | msisdn | recipient | to | to number | destination | dest addr | destination address | whatsapp | whatsapp number | wa id | telefon | telefonnummer | handy | handynummer | telefono | numero de telefono | celular | movil | nomer | nomer telefona | номер | номер телефона | телефон | абонент | получатель';
export const EXTERNAL_ID =
  'user id | customer id | contact id | client id | crm id | registrant id | bmid | registrantkey | subscriber id | uid | user | account id | ид клиента | id клиента | код клиента';

export function person(prefix: 'person' | 'recipient', who: string): FieldSpec[] {
  return [
    field(`${prefix}.email`, `E-mail of the ${who}`, 'email', EMAIL),
    field(`${prefix}.phone`, `Phone of the ${who}`, 'phone', PHONE),
    field(`${prefix}.external_id`, `Your id of the ${who}`, 'id', EXTERNAL_ID),
  ];
}

export const CAMPAIGN = field(
  'campaign',
  'Campaign',
  'text',
  'campaign name | campaign id | blast | blast name | mailing | broadcast | kampagne | campana | campagne | рассылка | кампания | название рассылки',
);
export const CURRENCY = field(
  'currency',
  'Currency',
  'currency',
  'currency code | ccy | wahrung | moneda | devise | валюта',
);
export const CATEGORY = field(
  'category',
  'Category',
  'text',
  'message category | message type | type | template category | kategorie | категория | тип',
);
export const CHANNEL_WORDS = 'channel name | medium | transport | route | kanal | canal | канал';
