import { number, sql, string } from '../../src/sql/build.ts';
import type { RenderedSql } from '../../src/sql/rendered.ts';
import { type Calendar, DAY_MS, HOURS } from './calendar.ts';
import { asInstant, drawBelow, drawOne, hashed, insertSelect, instantIf, numbersWith } from './draw.ts';
import { KINDS, REGIONS } from './messaging-kinds.ts';
import { accountNumber, drawAccount, knownAtFirst, recipientNumber, registrationDay } from './people-numbers.ts';
import type { StoreSize } from './size.ts';

/** When the account of a rank registered: the first half over the two years before, the second half in the range. */
const registeredAt = (size: StoreSize, { dayStart }: Calendar) => sql`if(rank < ${number(knownAtFirst(size))},
    ${number(dayStart(0) - 730 * DAY_MS)} + intDiv(rank * ${number(730 * DAY_MS - 3_600_000)}, ${number(knownAtFirst(size))}),
    ${number(dayStart(0))} + ${registrationDay(sql`rank`, size)} * ${number(DAY_MS)} + cityHash64(rank, 77) % ${number(DAY_MS)})`;

export function insertAccounts(size: StoreSize, calendar: Calendar): RenderedSql {
  return insertSelect(
    'people',
    {
      person: accountNumber(sql`rank`),
      kind: sql`'account'`,
      registered_at: sql`toNullable(${asInstant(registeredAt(size, calendar))})`,
      region: drawOne('region', REGIONS),
      language: drawOne('language', ['id', 'id', 'id', 'en']),
      email: sql`concat('account', toString(rank), '@example.com')`,
      external_id: sql`concat('A', toString(rank))`,
    },
    numbersWith(0, size.accounts, { rank: sql`number` }),
  );
}

export function insertRecipients(first: number, count: number): RenderedSql {
  return insertSelect(
    'people',
    {
      person: recipientNumber(sql`number`),
      kind: sql`'contact'`,
      email: sql`concat('contact', toString(number), '@example.com')`,
    },
    numbersWith(first, count, { rank: sql`number` }),
  );
}

/** Six of ten invited people became one of the accounts of the range; the others are contacts. Nobody is invited twice. */
export function insertInvitations(size: StoreSize, calendar: Calendar): RenderedSql {
  const newcomers = size.accounts - knownAtFirst(size);
  return insertSelect(
    'invitations',
    {
      invitation: hashed('invitation'),
      source: sql`'bench'`,
      person: sql`if(accepted, ${accountNumber(sql`rank`)}, ${recipientNumber(sql`number`)})`,
      invited_at: asInstant(sql`registered_ms - ${drawBelow('invited', number(14 * DAY_MS))}`),
      activated_at: instantIf(sql`accepted`, sql`registered_ms`),
      campaign: sql`concat('invite-', toString(${drawBelow('invite', sql`12`)}))`,
    },
    numbersWith(0, size.invitations, {
      rank: sql`${number(knownAtFirst(size))} + intDiv(number * ${number(newcomers)}, ${number(size.invitations)})`,
      accepted: sql`${drawBelow('accepted', sql`10`)} < 6`,
      registered_ms: registeredAt(size, calendar),
    }),
  );
}

const FEATURES = [
  ...Array<string>(12).fill('login'),
  ...Array<string>(3).fill('report'),
  ...Array<string>(3).fill('template'),
  ...Array<string>(2).fill('purchase'),
];

/** What accounts did on one day besides sending. */
export function insertActivities(
  day: number,
  first: number,
  count: number,
  size: StoreSize,
  { dayStart }: Calendar,
): RenderedSql {
  const kind = (read: (kind: (typeof KINDS)[number]) => string) => drawOne('kind', KINDS.map(read));
  return insertSelect(
    'activities',
    {
      activity: hashed('activity'),
      source: sql`'bench'`,
      person: accountNumber(sql`who`),
      at: asInstant(
        sql`${number(dayStart(day))} + ${drawOne('active hour', HOURS)} * 3600000 + ${drawBelow('active', sql`3600000`)}`,
      ),
      feature: sql`feature_name`,
      channel: sql`if(feature_name = 'login', '', ${kind(({ channel }) => channel)})`,
      category: sql`if(feature_name = 'login', '', ${kind(({ category }) => category)})`,
      amount: sql`if(feature_name = 'purchase', toNullable(toDecimal64(50000 + ${drawBelow('amount', sql`2000`)} * 500, 6)), NULL)`,
      currency: sql`if(feature_name = 'purchase', ${string('IDR')}, '')`,
    },
    numbersWith(first, count, {
      who: drawAccount('actor', day, size),
      feature_name: drawOne('feature', FEATURES),
    }),
  );
}
