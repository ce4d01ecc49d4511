import type { z } from 'zod';
import type { CanonicalRecord, RecordKind } from './record.ts';
import type { SourceDefaults } from './source.ts';

/** What arrives at `/hooks/:source`: raw bytes, nothing parsed. Header names are lower case. */
export interface HookRequest {
  method: 'GET' | 'POST';
  /** Path and query string exactly as requested, e.g. `/hooks/tw?k=1`. */
  target: string;
  headers: Record<string, string | undefined>;
  body: Buffer;
}

/** The outcome of checking a request's authenticity, before anything is parsed. */
export type Verdict = { ok: true } | { ok: false; reason: string };

/** What the projector hands to `parse`: one journal entry of this source. */
export interface ReceivedEntry {
  /** Position in the journal; unique and rising. */
  seq: number;
  /** Receipt time, UTC milliseconds. */
  receivedAt: number;
  /** The request's path and query string (Twilio carries campaign keys there). */
  target: string;
  /** Allow-listed headers only. */
  headers: Record<string, string>;
  body: Buffer;
}

/** One received record: either canonical, or poison that is kept and shown with a reason. Order follows the body. */
export type ParsedItem =
  | { ok: true; record: CanonicalRecord }
  | {
      ok: false;
      /** A sentence. */
      reason: string;
      /** The offending piece, for the quarantine page. */
      raw: string;
      /** The record's key, where it could be read: a full read then does not take the record for gone. */
      key?: string;
    };

export interface ParseContext<Settings> {
  source: string;
  settings: Settings;
  defaults: SourceDefaults;
  /** IANA zone of the workspace, for local times in files and tables; UTC where absent. */
  timeZone?: string;
  /** ISO 3166 alpha-2 of the workspace, for phone numbers without a country code. */
  country?: string;
}

/** The answer to a request that a service uses to verify the endpoint. */
export interface ChallengeAnswer {
  status: number;
  contentType: string;
  body: string;
}

/** Kinds of records that a source yields, and the tables of rows: what depends on it. */
export interface Feed {
  record: RecordKind;
  /** Where `record` is `row` and the settings name the table; any table where absent. */
  table?: string;
}

/** What a person needs to declare a source of a connector: what is read, why, and a text to begin with. */
export interface ConnectorGuide {
  /** What Turnout takes from the service. */
  reads: string;
  /** What it does not touch, and what it needs the credentials for. */
  why: string;
  /** YAML of a source, each setting explained. */
  template: string;
}

/** What all connectors have. `feeds` and `parse` are pure. */
export interface Connector<Settings = unknown> {
  /** The word in `connector:` of a source file. */
  name: string;
  title: string;
  /** For the page that connects a source; one is made from the settings where absent. */
  guide?: ConnectorGuide;
  /** Strict zod schema; unknown keys are errors. */
  settings: z.ZodType<Settings>;
  /** What records of this source can be. */
  feeds(settings: Settings): Feed[];
  /**
   * True where the source is read again and again: the same key with other content is the record's newer state, whatever its
   * kind. False where every delivery is an event of its own: then it is a conflict.
   */
  revisable: boolean;
  /** One item per received record; an entry that yields nothing countable (a template notice) yields []. Never throws: a body that cannot be read is one poison item. */
  parse(entry: ReceivedEntry, context: ParseContext<Settings>): ParsedItem[];
}

/** A connector that is pushed to. Pure: no I/O, no clock, no logging; `now` comes in. */
export interface PushConnector<Settings = unknown> extends Connector<Settings> {
  /** Request headers kept in the journal besides content-type (lower case); never credentials. */
  keepHeaders: readonly string[];
  /** Checks the raw bytes; `now` is UTC milliseconds. Never throws. */
  verify(request: HookRequest, settings: Settings, now: number): Verdict;
  /** Present where the service verifies the endpoint by GET. */
  challenge?(request: HookRequest, settings: Settings): ChallengeAnswer;
  /**
   * Present where the service verifies the endpoint by POST. Asked after `verify` has said that the request is authentic; undefined for a
   * request that brings data. What is answered here is not kept.
   */
  answer?(request: HookRequest, settings: Settings): ChallengeAnswer | undefined;
}
