/** The tables that someone with these questions would have in PostgreSQL: the columns that the tiles read, no more. */

interface Table {
  /** Column and type in PostgreSQL, in the order of the export. */
  columns: Readonly<Record<string, string>>;
  /** Condition on the engine's rows, where not all are wanted. */
  where?: string;
  /** After the rows are in: see the notes beside each. */
  indexes: readonly string[];
}

const flags = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, 'boolean']));

export const TABLES: Readonly<Record<string, Table>> = {
  messages: {
    columns: {
      at: 'timestamptz NOT NULL',
      account: 'integer NOT NULL',
      recipient: 'integer NOT NULL',
      channel: 'text NOT NULL',
      category: 'text NOT NULL',
      campaign: 'text NOT NULL',
      failure_reason: 'text NOT NULL',
      currency: 'text NOT NULL',
      charge: 'numeric(18,6) NOT NULL',
      ...flags('sent', 'delivered', 'read', 'opened', 'clicked', 'answered', 'replied', 'failed'),
      ...flags('unsubscribed', 'complained', 'engaged', 'automated', 'charged'),
    },
    indexes: [
      // Ranges of time, answered without the table where only who, how and whether charged is asked.
      'CREATE INDEX ON messages (at) INCLUDE (account, channel, category, sent, charged, charge, currency)',
      'CREATE INDEX ON messages (at) INCLUDE (recipient, channel, category, delivered)',
      // The same for one channel.
      'CREATE INDEX ON messages (channel, at) INCLUDE (account, category, sent, charged, charge, currency)',
      // The first charged message after an invitation.
      'CREATE INDEX ON messages (account, at) INCLUDE (channel, category) WHERE charged',
    ],
  },
  activities: {
    columns: {
      at: 'timestamptz NOT NULL',
      person: 'integer NOT NULL',
      feature: 'text NOT NULL',
      channel: 'text NOT NULL',
      category: 'text NOT NULL',
    },
    indexes: [
      'CREATE INDEX ON activities (at) INCLUDE (person, feature, channel, category)',
      "CREATE INDEX ON activities (person, at) INCLUDE (channel, category) WHERE feature = 'purchase'",
    ],
  },
  accounts: {
    columns: { person: 'integer PRIMARY KEY', registered_at: 'timestamptz', region: 'text NOT NULL' },
    where: `kind = 'account'`,
    indexes: ['CREATE INDEX ON accounts (registered_at)'],
  },
  invitations: {
    columns: { person: 'integer NOT NULL', invited_at: 'timestamptz NOT NULL', activated_at: 'timestamptz' },
    indexes: ['CREATE INDEX ON invitations (invited_at) INCLUDE (person, activated_at)'],
  },
  participations: {
    columns: {
      ...Object.fromEntries(
        ['webinar', 'title', 'series', 'course', 'language', 'region', 'format', 'status', 'host'].map((name) => [
          name,
          'text NOT NULL',
        ]),
      ),
      starts_at: 'timestamptz NOT NULL',
      person: 'integer NOT NULL',
      ...flags('registered', 'joined', 'viewed_recording'),
      registered_at: 'timestamptz',
      first_joined_at: 'timestamptz',
      seconds: 'numeric(18,6) NOT NULL',
      utm_source: 'text NOT NULL',
      utm_campaign: 'text NOT NULL',
      source_group: 'text NOT NULL',
    },
    indexes: [
      'CREATE INDEX ON participations (starts_at)',
      'CREATE INDEX ON participations (registered_at)',
      'CREATE INDEX ON participations (webinar)',
    ],
  },
};

/** The table of the engine that a table is filled from. */
export const SOURCE_OF: Readonly<Record<string, string>> = { accounts: 'people' };
