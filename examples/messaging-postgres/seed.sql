-- Made-up traffic of January 2023 to 15 November 2024 for schema.sql: the same rows on every machine.
-- psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f seed.sql
-- Addresses are at example.com, .org and .net, numbers from the fictional range +1 NXX 555 01xx. Local time is Asia/Jakarta.

BEGIN;

SET LOCAL search_path = platform;
SET LOCAL TimeZone = 'Asia/Jakarta';

-- A number in [0, 1) that depends on its name only.
CREATE FUNCTION pg_temp.chance(name text) RETURNS double precision LANGUAGE sql IMMUTABLE AS
$$ SELECT ('x' || substr(md5(name), 1, 8))::bit(32)::bigint / 4294967296.0 $$;

CREATE FUNCTION pg_temp.pick(options text[], name text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT options[1 + floor(pg_temp.chance(name) * cardinality(options))::int] $$;

-- Five area codes in which a hundred numbers each belong to nobody.
CREATE FUNCTION pg_temp.phone(areas text[], n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT '+1' || areas[1 + (n / 100) % cardinality(areas)] || '55501' || lpad((n % 100)::text, 2, '0') $$;

-- A moment of a working day, most often a Tuesday or Wednesday between 8 and 15 h; `days` after `first`.
CREATE FUNCTION pg_temp.moment(first date, days double precision, name text) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
  SELECT ((day - CASE
             WHEN weekday IN (6, 7) AND pg_temp.chance('weekend ' || name) < 0.85 THEN weekday - 3
             WHEN weekday IN (1, 4, 5) AND pg_temp.chance('midweek ' || name) < 0.3 THEN weekday - 2
             ELSE 0 END)
          + make_interval(hours => 8 + floor(7 * pg_temp.chance('hour ' || name) ^ 1.4)::int, secs => floor(3600 * pg_temp.chance('second ' || name))))
         AT TIME ZONE 'Asia/Jakarta'
  FROM (SELECT first + floor(days)::int AS day, extract(isodow FROM first + floor(days)::int)::int AS weekday) AS d
$$;

-- 456 accounts: 190 of 2023, 161 that came on their own in 2024, 105 that were invited.
INSERT INTO users (id, account, email, phone, region, language, plan, registered_at, updated_at)
SELECT n, 'shop-' || lpad(n::text, 3, '0'), 'shop' || lpad(n::text, 3, '0') || '@example.com',
       pg_temp.phone('{202,212,213,214,215}', n),
       pg_temp.pick('{Jakarta,Jakarta,Jakarta,West Java,West Java,East Java,Bali,North Sumatra,Yogyakarta}', 'region ' || n),
       CASE WHEN pg_temp.chance('language ' || n) < 0.8 THEN 'id' ELSE 'en' END,
       CASE WHEN pg_temp.chance('plan ' || n) < 0.25 THEN 'business' ELSE 'free' END,
       registered_at, registered_at
FROM (
  SELECT n, CASE
    WHEN n <= 190 THEN pg_temp.moment('2023-01-02', 355 * (n - 1) / 190.0, 'user ' || n)
    WHEN n <= 351 THEN pg_temp.moment('2024-01-08', 300 * sqrt((n - 191) / 161.0), 'user ' || n)
    WHEN n <= 385 THEN pg_temp.moment('2024-01-15', 220 * (n - 352) / 34.0, 'user ' || n)
    ELSE pg_temp.moment('2024-01-22', 285 * (n - 386) / 71.0, 'user ' || n) END AS registered_at
  FROM generate_series(1, 456) AS n
) AS u;

-- 210 people were invited; 105 of them accepted and are the accounts 352 to 456.
INSERT INTO invitations (id, email, campaign, invited_at, accepted_at)
SELECT n, coalesce(u.email, 'guest' || lpad(n::text, 3, '0') || '@example.net'),
       pg_temp.pick('{Partner referral,Spring launch,Merchant week,Customer friends}', 'campaign ' || n),
       coalesce(u.registered_at - make_interval(hours => 5 + floor(160 * pg_temp.chance('waited ' || n))::int),
                pg_temp.moment('2024-01-10', 300 * pg_temp.chance('invited ' || n), 'guest ' || n)),
       u.registered_at
FROM generate_series(1, 210) AS n LEFT JOIN users AS u ON u.id = 351 + n AND n <= 105;

-- Logins and what comes with them; less often the longer an account is there.
INSERT INTO activities (id, user_id, feature, happened_at)
SELECT row_number() OVER (ORDER BY happened_at, user_id), user_id, feature::feature, happened_at
FROM (
  SELECT u.id AS user_id,
         CASE WHEN pg_temp.chance('feature ' || u.id || ' ' || n) < 0.72 THEN 'login'
              ELSE pg_temp.pick('{template,contact_import,report}', 'which ' || u.id || ' ' || n) END AS feature,
         pg_temp.moment(u.registered_at::date, n * (3 + 9 * pg_temp.chance('habit ' || u.id)), 'activity ' || u.id || ' ' || n) AS happened_at
  FROM users AS u, generate_series(0, 120) AS n
) AS a
JOIN users AS u ON u.id = a.user_id
WHERE happened_at >= u.registered_at AND happened_at < '2024-11-16';

-- 420 blasts of 180 accounts. Of the invited, the accounts 352 to 385 send and the others do not.
INSERT INTO blasts (id, user_id, channel, category, name, started_at)
SELECT n, user_id, channel::channel, category, initcap(category) || ' ' || to_char(started_at, 'YYYY-MM') || ' ' || channel, started_at
FROM (
  SELECT n, user_id,
         CASE WHEN n % 42 < 23 THEN 'whatsapp' WHEN n % 42 < 32 THEN 'email' WHEN n % 42 < 38 THEN 'ivr' ELSE 'sms' END AS channel,
         CASE WHEN n % 3 < 2 THEN 'promotional' ELSE 'transactional' END AS category,
         CASE WHEN n <= 34 THEN pg_temp.moment(u.registered_at::date, 4 + 10 * pg_temp.chance('first ' || n), 'blast ' || n)
              WHEN n <= 80 THEN pg_temp.moment(u.registered_at::date, 4 + 14 * pg_temp.chance('first ' || n), 'blast ' || n)
              ELSE pg_temp.moment('2024-01-02', 318 * pg_temp.chance('day ' || n) ^ 0.8, 'blast ' || n) END AS started_at
  FROM (
    SELECT n, CASE WHEN n <= 34 THEN 351 + n WHEN n <= 80 THEN 190 + n - 34
                   ELSE 1 + floor(100 * pg_temp.chance('sender ' || n) ^ 2)::int END AS user_id
    FROM generate_series(1, 420) AS n
  ) AS s JOIN users AS u ON u.id = s.user_id
) AS b;

-- Each blast goes to some of 3,000 people.
INSERT INTO messages (id, blast_id, phone, email, queued_at, updated_at)
SELECT row_number() OVER (ORDER BY b.id, n), b.id,
       CASE WHEN b.channel <> 'email' THEN pg_temp.phone('{305,307,308,309,310,312,313,314,315,316,317,318,319,401,402,404,405,406,407,408,409,410,412,413,414,415,417,419,501,502}', person) END,
       CASE WHEN b.channel = 'email' THEN 'reader' || lpad(person::text, 4, '0') || '@example.org' END,
       b.started_at + make_interval(secs => 2 * n), b.started_at
FROM blasts AS b
CROSS JOIN LATERAL generate_series(1, CASE b.channel WHEN 'whatsapp' THEN 35 WHEN 'email' THEN 30 WHEN 'ivr' THEN 18 ELSE 12 END + (b.id * 7 % 41)::int) AS n
CROSS JOIN LATERAL (SELECT (b.id * 137 + n * 13) % 3000 AS person) AS p;

-- What became of them: some fail, a few are still on their way, the rest arrived.
UPDATE messages AS m SET
  sent_at = CASE WHEN f.in_flight < 0.004 THEN NULL ELSE m.queued_at + make_interval(secs => 1 + floor(4 * f.a)) END,
  failed_at = CASE WHEN f.in_flight >= 0.004 AND f.fate < f.failing THEN m.queued_at + make_interval(secs => 6 + floor(90 * f.b)) END,
  failure_reason = CASE WHEN f.in_flight >= 0.004 AND f.fate < f.failing
    THEN CASE f.channel WHEN 'email' THEN 'Mailbox unavailable' WHEN 'ivr' THEN 'No answer' WHEN 'sms' THEN 'Unreachable' ELSE 'Number not on WhatsApp' END END,
  delivered_at = CASE WHEN f.arrived THEN m.queued_at + make_interval(secs => 6 + floor(110 * f.b)) END,
  read_at = CASE WHEN f.arrived AND f.channel = 'whatsapp' AND f.c < 0.71 THEN m.queued_at + make_interval(secs => 130 + floor(30000 * f.b)) END,
  opened_at = CASE WHEN f.arrived AND f.channel = 'email' AND f.c < 0.40 THEN m.queued_at + make_interval(secs => 130 + floor(60000 * f.b)) END,
  clicked_at = CASE WHEN f.arrived AND f.channel = 'email' AND f.c < 0.05 THEN m.queued_at + make_interval(secs => 200 + floor(61000 * f.b)) END,
  answered_at = CASE WHEN f.arrived AND f.channel = 'ivr' AND f.c < 0.74 THEN m.queued_at + make_interval(secs => 120 + floor(20 * f.b)) END,
  seconds = CASE WHEN f.arrived AND f.channel = 'ivr' AND f.c < 0.74 THEN 5 + floor(55 * f.a) END,
  replied_at = CASE
    WHEN f.arrived AND f.channel = 'whatsapp' AND f.c < 0.04 THEN m.queued_at + make_interval(secs => 31000 + floor(9000 * f.a))
    WHEN f.arrived AND f.channel = 'ivr' AND f.c < 0.21 THEN m.queued_at + make_interval(secs => 141 + floor(20 * f.a)) END,
  digits = CASE WHEN f.arrived AND f.channel = 'ivr' AND f.c < 0.21 THEN pg_temp.pick('{1,2,3,0}', 'digit ' || m.id) END,
  unsubscribed_at = CASE WHEN f.arrived AND f.channel <> 'ivr' AND f.c BETWEEN 0.03 AND 0.035 THEN m.queued_at + make_interval(secs => 41000 + floor(9000 * f.a)) END
FROM (
  SELECT m.id, b.channel, failing, fate, in_flight,
         in_flight >= 0.004 AND fate >= failing + 0.006 AS arrived,
         pg_temp.chance('a ' || m.id) AS a, pg_temp.chance('b ' || m.id) AS b, pg_temp.chance('c ' || m.id) AS c
  FROM messages AS m
  JOIN blasts AS b ON b.id = m.blast_id
  CROSS JOIN LATERAL (SELECT pg_temp.chance('fate ' || m.id) AS fate, pg_temp.chance('flight ' || m.id) AS in_flight,
    CASE b.channel WHEN 'whatsapp' THEN 0.048 WHEN 'email' THEN 0.029 WHEN 'ivr' THEN 0.333 ELSE 0.079 END AS failing) AS x
) AS f
WHERE f.id = m.id;

-- WhatsApp costs when it arrives, e-mail and SMS when they are handed over, a call when a person answers.
-- (The trigger has set updated_at to now; the last thing that happened is the truth.)
ALTER TABLE messages DISABLE TRIGGER touch;
UPDATE messages AS m SET
  charge = CASE b.channel
    WHEN 'whatsapp' THEN CASE WHEN m.delivered_at IS NULL THEN 0 WHEN b.category = 'promotional' THEN 1700 ELSE 1060 END
    WHEN 'email' THEN CASE WHEN m.sent_at IS NULL OR m.failed_at IS NOT NULL THEN 0 ELSE 800 END
    WHEN 'ivr' THEN CASE WHEN m.answered_at IS NULL THEN 0 ELSE 1160 END
    ELSE CASE WHEN m.sent_at IS NULL OR m.failed_at IS NOT NULL THEN 0 ELSE 240 END END,
  updated_at = greatest(m.queued_at, m.sent_at, m.delivered_at, m.read_at, m.opened_at, m.clicked_at, m.answered_at, m.replied_at, m.failed_at, m.unsubscribed_at)
FROM blasts AS b WHERE b.id = m.blast_id;
ALTER TABLE messages ENABLE TRIGGER touch;

-- Some of those who send top up their balance.
INSERT INTO activities (id, user_id, feature, amount, currency, happened_at)
SELECT (SELECT max(id) FROM activities) + row_number() OVER (ORDER BY b.id), b.user_id, 'purchase',
       50000 * (1 + floor(9 * pg_temp.chance('amount ' || b.id))), 'IDR', b.started_at - interval '40 minutes'
FROM blasts AS b WHERE b.id % 7 = 0;

-- New rows go on where these end.
SELECT setval(pg_get_serial_sequence('users', 'id'), (SELECT max(id) FROM users)),
       setval(pg_get_serial_sequence('invitations', 'id'), (SELECT max(id) FROM invitations)),
       setval(pg_get_serial_sequence('activities', 'id'), (SELECT max(id) FROM activities)),
       setval(pg_get_serial_sequence('blasts', 'id'), (SELECT max(id) FROM blasts)),
       setval(pg_get_serial_sequence('messages', 'id'), (SELECT max(id) FROM messages));

COMMIT;
ANALYZE platform.users, platform.invitations, platform.activities, platform.blasts, platform.messages;
