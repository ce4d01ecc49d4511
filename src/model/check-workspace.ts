import type { Problem } from '../contract/errors.ts';
import { didYouMean } from '../contract/suggest.ts';
import { type ChannelSpec, type PackFile, packFile, type Workspace, workspaceFile } from '../contract/workspace.ts';
import { parseDocument } from './parse-document.ts';
import { problemAt, type SourceDocument } from './source-document.ts';

/** The workspace of a folder without `turnout.yaml`. */
export const DEFAULT_WORKSPACE: Workspace = workspaceFile.parse({ version: 1, name: 'Turnout', time_zone: 'UTC' });

/** Checks `turnout.yaml`: schema, time zone, locale, currency, names that stand twice. With problems the defaults go on, so that the rest can be checked too. */
export function checkWorkspace(
  source: SourceDocument | undefined,
  packNames: readonly string[],
): { workspace: Workspace; problems: Problem[] } {
  if (source === undefined) return { workspace: DEFAULT_WORKSPACE, problems: [] };
  const parsed = parseDocument(source, workspaceFile);
  if (!parsed.ok) return { workspace: DEFAULT_WORKSPACE, problems: parsed.problems };
  const workspace = parsed.value;
  const problems: Problem[] = [];
  if (!isTimeZone(workspace.time_zone))
    problems.push(
      problemAt(
        source,
        ['time_zone'],
        'unknown_time_zone',
        `"${workspace.time_zone}" is no IANA time zone.`,
        didYouMean(workspace.time_zone, Intl.supportedValuesOf('timeZone')) ??
          'Write it like Europe/Berlin or Asia/Jakarta.',
      ),
    );
  if (!isLocale(workspace.locale))
    problems.push(
      problemAt(
        source,
        ['locale'],
        'unknown_locale',
        `"${workspace.locale}" is no language tag.`,
        'Write it like en, en-GB or id.',
      ),
    );
  if (!isCurrency(workspace.currency))
    problems.push(
      problemAt(
        source,
        ['currency'],
        'unknown_currency',
        `"${workspace.currency}" is no ISO 4217 currency.`,
        'Write three capital letters, like USD or IDR.',
      ),
    );
  workspace.packs.forEach((name, index) => {
    if (packNames.includes(name)) return;
    problems.push(
      problemAt(source, ['packs', index], 'unknown_pack', `There is no pack "${name}".`, didYouMean(name, packNames)),
    );
  });
  problems.push(...checkChannels(source, workspace.channels));
  if (isTimeZone(workspace.time_zone) && isLocale(workspace.locale) && isCurrency(workspace.currency))
    return { workspace, problems };
  const { time_zone, locale, currency } = DEFAULT_WORKSPACE;
  return { workspace: { ...workspace, time_zone, locale, currency }, problems };
}

/** Checks `pack.yaml` in the folder of that name. */
export function checkPack(source: SourceDocument, folder: string): { pack: PackFile | null; problems: Problem[] } {
  const parsed = parseDocument(source, packFile);
  if (!parsed.ok) return { pack: null, problems: parsed.problems };
  const problems = checkChannels(source, parsed.value.channels);
  if (parsed.value.name !== folder)
    problems.push(
      problemAt(
        source,
        ['name'],
        'pack_name',
        `The pack in the folder "${folder}" calls itself "${parsed.value.name}".`,
      ),
    );
  return { pack: parsed.value, problems };
}

/** Channels of the packs in their order; later ones replace earlier ones of the same name in their place. */
export function mergeChannels(...lists: readonly (readonly ChannelSpec[])[]): ChannelSpec[] {
  return [...new Map(lists.flat().map((channel) => [channel.name, channel])).values()];
}

function checkChannels(source: SourceDocument, channels: readonly ChannelSpec[]): Problem[] {
  return channels.flatMap((channel, index) => {
    const problems: Problem[] = [];
    if (channels.findIndex((other) => other.name === channel.name) < index)
      problems.push(
        problemAt(source, ['channels', index, 'name'], 'duplicate_name', `The channel "${channel.name}" stands twice.`),
      );
    for (const [place, status] of channel.engaged.entries()) {
      if (channel.statuses.includes(status)) continue;
      problems.push(
        problemAt(
          source,
          ['channels', index, 'engaged', place],
          'unknown_status',
          `"${status}" counts as engagement of "${channel.name}", which does not report it.`,
          `Add "${status}" to its statuses or take it out here.`,
        ),
      );
    }
    return problems;
  });
}

function isTimeZone(zone: string): boolean {
  return accepts(() => new Intl.DateTimeFormat('en', { timeZone: zone })) && !/^[+-]/.test(zone);
}

const isLocale = (locale: string): boolean => accepts(() => new Intl.Locale(locale));

function isCurrency(currency: string): boolean {
  return /^[A-Z]{3}$/.test(currency) && Intl.supportedValuesOf('currency').includes(currency);
}

function accepts(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch {
    return false;
  }
}
