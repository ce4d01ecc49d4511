import type { Source } from '../../src/connectors/sources.ts';
import type { PullConnector } from '../../src/contract/pull.ts';
import { sourceDeclaration } from '../../src/contract/source.ts';
import { fakePages } from './fake-pages-connectors.ts';

/**
 * For a reading process, which loads it by address: the connector of the service that pages badly.
 * @public
 */
export const PULL_CONNECTORS: ReadonlyMap<string, PullConnector> = new Map([
  [fakePages.name, fakePages as PullConnector],
]);

export const FAKE_PAGES_CONNECTORS = import.meta.url;

export function fakePagesSource(url: string, declaration: Partial<Source['declaration']> = {}): Source {
  const settings = { base_url: url };
  const declared = sourceDeclaration.parse({ name: 'crm', connector: fakePages.name, settings, ...declaration });
  return {
    name: declared.name,
    label: declared.name,
    connector: fakePages,
    pull: fakePages as PullConnector,
    settings: fakePages.settings.parse(settings),
    defaults: {},
    declaration: declared,
  };
}
