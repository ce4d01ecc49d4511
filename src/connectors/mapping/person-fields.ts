import {
  CAMPAIGN,
  CATEGORY,
  CHANNEL_WORDS,
  CURRENCY,
  EMAIL,
  EXTERNAL_ID,
  field,
  type KindSpec,
  PHONE,
  person,
  required,
} from './field-spec.ts';

/** People, what they were invited to and what they did. */

export const PERSON = {
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
} as const satisfies KindSpec;

export const INVITATION = {
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
} as const satisfies KindSpec;

export const ACTIVITY = {
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
} as const satisfies KindSpec;
