import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { loadWorkspace } from '../src/model/load-workspace.ts';
import { temporaryFolder } from './support/engine.ts';

const packsFolder = resolve(import.meta.dirname, '..', 'packs');

test.each([[['omnichannel']], [['webinars']], [['webinars', 'omnichannel']]])('%j is a workspace', async (packs) => {
  const { folder, remove } = temporaryFolder();
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'turnout.yaml'), JSON.stringify({ version: 1, name: 'Own', time_zone: 'UTC', packs }));
    const { problems, dashboards, model } = await loadWorkspace({ folder, packsFolder });
    expect(problems).toEqual([]);
    expect(dashboards.length).toBeGreaterThan(1);
    // Nobody transacts where nothing is sent or bought.
    expect(model?.funnels.get('signup_to_attend')?.steps.length).toBe(
      packs.includes('webinars') ? (packs.includes('omnichannel') ? 5 : 4) : undefined,
    );
  } finally {
    remove();
  }
});
