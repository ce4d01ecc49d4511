import type { ConnectorInfo } from '../../src/contract/api.ts';
import type { ConnectorGuide } from '../../src/contract/connector.ts';

/** What to show beside a connector's text; where it brings no guide, its settings with what their schema says of them. */
export function guideOf({ name, settings: schema, guide }: ConnectorInfo): ConnectorGuide {
  if (guide) return guide;
  const properties = (schema['properties'] ?? {}) as Record<string, { description?: string; type?: string }>;
  const required = new Set((schema['required'] ?? []) as string[]);
  const lines = Object.entries(properties).map(([key, { description, type }]) => {
    const comment = [required.has(key) ? null : 'optional', type, description].filter(Boolean).join(', ');
    return `  ${required.has(key) ? '' : '# '}${key}:${comment === '' ? '' : `    # ${comment}`}`;
  });
  return {
    reads: 'What its settings below name.',
    why: 'See its page in the documentation for where to find each setting.',
    template: `name: my-${name}\nconnector: ${name}\nsettings:\n${lines.join('\n') || '  {}'}\n`,
  };
}
